// An emulated cuBLASLt: matrix products of bf16 or float32 with float32 sums, in stream order, with bias, relu and gelu as
// epilogues. What it does not know it refuses with the code that the library gives.
#include "../driver/driver.h"
#include <cmath>
#include <cstring>
#include <map>

using argent_driver::Address;

namespace
{
enum Status : int { kOk = 0, kNotReady = 1, kInvalid = 7, kFailed = 13, kUnsupported = 15 };
enum DataType : int { kFloat32 = 0, kBFloat16 = 14 };
constexpr int kCompute32F = 68;
constexpr int kEpilogueDefault = 1, kEpilogueRelu = 2, kEpilogueBias = 4, kEpilogueGelu = 32;

// Attributes by number, as their setters store them: cublasLtMatmulDescAttributes_t and cublasLtMatrixLayoutAttribute_t.
enum DescriptorAttribute { kPointerMode = 2, kTransA = 3, kTransB = 4, kTransC = 5, kEpilogue = 7, kBias = 8, kBiasType = 26 };
enum LayoutAttribute { kType = 0, kOrder = 1, kRows = 2, kColumns = 3, kLeading = 4, kBatches = 5, kBatchStride = 6 };

struct Object
{
    enum Kind { Library, Descriptor, Layout, Preference } kind;
    std::map<int, std::int64_t> values;

    std::int64_t get(int attribute, std::int64_t otherwise) const
    {
        const auto found = values.find(attribute);
        return found == values.end() ? otherwise : found->second;
    }
};

std::mutex guard;
std::set<Object*>& objects()
{
    static auto* all = new std::set<Object*>();
    return *all;
}

int create(void** handle, Object::Kind kind, std::map<int, std::int64_t> values = {})
{
    std::lock_guard<std::mutex> lock(guard);
    auto* made = new Object{kind, std::move(values)};
    objects().insert(made);
    *handle = made;
    return kOk;
}

Object* find(const void* handle, Object::Kind kind)
{
    const auto found = objects().find(static_cast<Object*>(const_cast<void*>(handle)));
    return found == objects().end() || (*found)->kind != kind ? nullptr : *found;
}

int destroy(void* handle, Object::Kind kind)
{
    std::lock_guard<std::mutex> lock(guard);
    Object* object = find(handle, kind);
    if (!object) return kInvalid;
    objects().erase(object);
    delete object;
    return kOk;
}

// Every attribute here is an integer of 4 or 8 bytes, or a pointer.
int set(void* handle, Object::Kind kind, int attribute, const void* value, std::size_t bytes, std::initializer_list<int> known)
{
    std::lock_guard<std::mutex> lock(guard);
    Object* object = find(handle, kind);
    if (!object || !value || (bytes != 4 && bytes != 8)) return kInvalid;
    for (const int k : known)
    {
        if (k != attribute) continue;
        std::int32_t narrow;
        std::int64_t wide;
        if (bytes == 4) { memcpy(&narrow, value, 4); wide = narrow; }
        else memcpy(&wide, value, 8);
        object->values[attribute] = wide;
        return kOk;
    }
    return kUnsupported;
}

struct Matrix
{
    Address address;
    int type;
    bool by_rows;
    std::int64_t rows, columns, leading, batches, stride;

    Matrix(const Object& layout, const void* start)
        : address(reinterpret_cast<Address>(start)), type(static_cast<int>(layout.get(kType, 0))), by_rows(layout.get(kOrder, 0) == 1),
          rows(layout.get(kRows, 0)), columns(layout.get(kColumns, 0)), leading(layout.get(kLeading, 0)),
          batches(layout.get(kBatches, 1)), stride(layout.get(kBatchStride, 0))
    {
    }

    std::size_t element_bytes() const { return type == kBFloat16 ? 2 : 4; }
    bool is_known() const { return type == kFloat32 || type == kBFloat16; }
    bool is_whole() const { return rows > 0 && columns > 0 && leading >= (by_rows ? columns : rows); }
    std::size_t bytes() const
    {
        const auto last = (batches - 1) * stride + ((by_rows ? rows : columns) - 1) * leading + (by_rows ? columns : rows);
        return static_cast<std::size_t>(last) * element_bytes();
    }
    bool is_allocated() const { return argent_emulated::is_allocated(reinterpret_cast<void*>(address), bytes()); }
    std::int64_t place(std::int64_t batch, std::int64_t row, std::int64_t column) const
    {
        return batch * stride + (by_rows ? row * leading + column : column * leading + row);
    }
    float get(std::int64_t batch, std::int64_t row, std::int64_t column) const;
    void put(std::int64_t batch, std::int64_t row, std::int64_t column, float value) const;
};

float read(Address address, int type, std::int64_t place)
{
    if (type == kFloat32) return reinterpret_cast<const float*>(address)[place];
    const std::uint32_t bits = static_cast<std::uint32_t>(reinterpret_cast<const std::uint16_t*>(address)[place]) << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

float Matrix::get(std::int64_t batch, std::int64_t row, std::int64_t column) const
{
    return read(address, type, place(batch, row, column));
}

void Matrix::put(std::int64_t batch, std::int64_t row, std::int64_t column, float value) const
{
    const auto at = place(batch, row, column);
    if (type == kFloat32)
    {
        reinterpret_cast<float*>(address)[at] = value;
        return;
    }
    std::uint32_t bits;
    memcpy(&bits, &value, 4);
    const std::uint32_t rounded = value != value ? (bits >> 16) | 0x40u : (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    reinterpret_cast<std::uint16_t*>(address)[at] = static_cast<std::uint16_t>(rounded);
}

struct Product
{
    Matrix a, b, c, d;
    bool transpose_a, transpose_b;
    int epilogue, bias_type;
    Address bias;
    float alpha, beta;
    std::int64_t depth;

    float finish(float value, std::int64_t row) const
    {
        if (epilogue & kEpilogueBias) value += read(bias, bias_type, row);
        if (epilogue & kEpilogueRelu) return value > 0 ? value : 0;
        if (!(epilogue & kEpilogueGelu)) return value;
        // The form with tanh, which is the library's.
        const float inner = 0.7978845608f * (value + 0.044715f * value * value * value);
        return 0.5f * value * (1 + std::tanh(inner));
    }

    // Column by column of D: sums over p in ascending order, all rows of a column together.
    int run() const
    {
        for (const Matrix* m : {&a, &b, &d}) if (!m->is_allocated()) return argent_driver::kIllegalAddress;
        const auto rows = d.rows;
        std::vector<float> left(static_cast<std::size_t>(rows * depth)), sums(static_cast<std::size_t>(rows));
        for (std::int64_t batch = 0; batch < d.batches; ++batch)
        {
            for (std::int64_t p = 0; p < depth; ++p)
            {
                for (std::int64_t i = 0; i < rows; ++i)
                {
                    left[static_cast<std::size_t>(p * rows + i)] = transpose_a ? a.get(batch, p, i) : a.get(batch, i, p);
                }
            }
            for (std::int64_t j = 0; j < d.columns; ++j)
            {
                std::fill(sums.begin(), sums.end(), 0.0f);
                for (std::int64_t p = 0; p < depth; ++p)
                {
                    const float right = transpose_b ? b.get(batch, j, p) : b.get(batch, p, j);
                    const float* column = left.data() + p * rows;
                    float* sum = sums.data();
                    for (std::int64_t i = 0; i < rows; ++i) sum[i] += column[i] * right;
                }
                for (std::int64_t i = 0; i < rows; ++i)
                {
                    float value = alpha * sums[static_cast<std::size_t>(i)];
                    if (beta != 0) value += beta * c.get(batch, i, j);
                    d.put(batch, i, j, finish(value, i));
                }
            }
        }
        return argent_driver::kSuccess;
    }
};

// Puts the operands together and says whether the library would take them.
int plan(const Object* descriptor, const Matrix& a, const Matrix& b, const Matrix& c, const Matrix& d)
{
    if (descriptor->get(0, 0) != kCompute32F || descriptor->get(1, 0) != kFloat32) return kUnsupported;
    if (descriptor->get(kPointerMode, 0) != 0 || descriptor->get(kTransC, 0) != 0) return kUnsupported;
    const auto epilogue = descriptor->get(kEpilogue, kEpilogueDefault);
    if (epilogue != 1 && epilogue != 2 && epilogue != 4 && epilogue != 6 && epilogue != 32 && epilogue != 36) return kUnsupported;
    for (const Matrix* m : {&a, &b, &c, &d})
    {
        if (!m->is_known()) return kUnsupported;
        if (!m->is_whole() || m->batches != d.batches) return kInvalid;
    }
    // Both inputs share a type; float32 inputs give float32, bf16 inputs either; C has D's type.
    if (a.type != b.type || c.type != d.type || (a.type == kFloat32 && d.type != kFloat32)) return kUnsupported;
    const bool ta = descriptor->get(kTransA, 0) != 0, tb = descriptor->get(kTransB, 0) != 0;
    const auto m = ta ? a.columns : a.rows, k = ta ? a.rows : a.columns;
    const auto kb = tb ? b.columns : b.rows, n = tb ? b.rows : b.columns;
    return m == d.rows && n == d.columns && k == kb && c.rows == m && c.columns == n ? kOk : kInvalid;
}
}

ARGENT_API std::size_t cublasLtGetVersion() { return 120402; }
ARGENT_API const char* cublasLtGetStatusName(int status)
{
    switch (status)
    {
        case kOk: return "CUBLAS_STATUS_SUCCESS";
        case kNotReady: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case kInvalid: return "CUBLAS_STATUS_INVALID_VALUE";
        case kFailed: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case kUnsupported: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "CUBLAS_STATUS unknown";
    }
}
ARGENT_API const char* cublasLtGetStatusString(int status) { return cublasLtGetStatusName(status); }

ARGENT_API int cublasLtCreate(void** handle)
{
    auto& own = argent_driver::driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    return own.current() ? create(handle, Object::Library) : static_cast<int>(kNotReady);
}
ARGENT_API int cublasLtDestroy(void* handle) { return destroy(handle, Object::Library); }

ARGENT_API int cublasLtMatmulDescCreate(void** handle, int compute, int scale)
{
    return create(handle, Object::Descriptor, {{0, compute}, {1, scale}});
}
ARGENT_API int cublasLtMatmulDescDestroy(void* handle) { return destroy(handle, Object::Descriptor); }
ARGENT_API int cublasLtMatmulDescSetAttribute(void* handle, int attribute, const void* value, std::size_t bytes)
{
    return set(handle, Object::Descriptor, attribute, value, bytes,
               {kPointerMode, kTransA, kTransB, kTransC, kEpilogue, kBias, kBiasType});
}

ARGENT_API int cublasLtMatrixLayoutCreate(void** handle, int type, std::uint64_t rows, std::uint64_t columns, std::int64_t leading)
{
    const auto height = static_cast<std::int64_t>(rows), width = static_cast<std::int64_t>(columns);
    return create(handle, Object::Layout, {{kType, type}, {kRows, height}, {kColumns, width}, {kLeading, leading}});
}
ARGENT_API int cublasLtMatrixLayoutDestroy(void* handle) { return destroy(handle, Object::Layout); }
ARGENT_API int cublasLtMatrixLayoutSetAttribute(void* handle, int attribute, const void* value, std::size_t bytes)
{
    return set(handle, Object::Layout, attribute, value, bytes,
               {kType, kOrder, kRows, kColumns, kLeading, kBatches, kBatchStride});
}

ARGENT_API int cublasLtMatmulPreferenceCreate(void** handle) { return create(handle, Object::Preference); }
ARGENT_API int cublasLtMatmulPreferenceDestroy(void* handle) { return destroy(handle, Object::Preference); }
ARGENT_API int cublasLtMatmulPreferenceSetAttribute(void* handle, int attribute, const void* value, std::size_t bytes)
{
    // The search mode, the workspace's bytes, the schemes of reduction, the alignments of A, B, C and D.
    return set(handle, Object::Preference, attribute, value, bytes, {0, 1, 3, 5, 6, 7, 8});
}

// cublasLtMatmulHeuristicResult_t.
struct HeuristicResult
{
    std::uint64_t algorithm[8];
    std::size_t workspace_bytes;
    int state;
    float waves;
    int reserved[4];
};
constexpr std::uint64_t kAlgorithm = 0x617267656e74;

ARGENT_API int cublasLtMatmulAlgoGetHeuristic(void* library, void* descriptor, void* a, void* b, void* c, void* d, void* preference,
                                              int wanted, HeuristicResult* results, int* found)
{
    std::lock_guard<std::mutex> lock(guard);
    *found = 0;
    const Object* operands[] = {find(a, Object::Layout), find(b, Object::Layout), find(c, Object::Layout), find(d, Object::Layout)};
    for (const Object* operand : operands) if (!operand) return kInvalid;
    const Object* what = find(descriptor, Object::Descriptor);
    if (!find(library, Object::Library) || !find(preference, Object::Preference) || !what || wanted < 1) return kInvalid;
    const int status = plan(what, {*operands[0], nullptr}, {*operands[1], nullptr}, {*operands[2], nullptr}, {*operands[3], nullptr});
    if (status != kOk) return status;
    memset(results, 0, sizeof *results);
    results->algorithm[0] = kAlgorithm;
    results->waves = 1;
    *found = 1;
    return kOk;
}

ARGENT_API int cublasLtMatmul(void* library, void* descriptor, const float* alpha, const void* a, void* a_layout, const void* b,
                              void* b_layout, const float* beta, const void* c, void* c_layout, void* d, void* d_layout,
                              const std::uint64_t* algorithm, void*, std::size_t, void* stream_handle)
{
    auto& own = argent_driver::driver();
    std::lock_guard<std::recursive_mutex> driver_lock(own.guard);
    std::lock_guard<std::mutex> lock(guard);
    const Object* what = find(descriptor, Object::Descriptor);
    const Object* operands[] = {find(a_layout, Object::Layout), find(b_layout, Object::Layout), find(c_layout, Object::Layout),
                                find(d_layout, Object::Layout)};
    for (const Object* operand : operands) if (!operand) return kInvalid;
    if (!find(library, Object::Library) || !what || !alpha || !beta) return kInvalid;
    if (algorithm && algorithm[0] != kAlgorithm) return kInvalid;
    const bool ta = what->get(kTransA, 0) != 0;
    const auto epilogue = static_cast<int>(what->get(kEpilogue, kEpilogueDefault));
    const auto bias = static_cast<Address>(what->get(kBias, 0));
    Product product{{*operands[0], a}, {*operands[1], b}, {*operands[2], c}, {*operands[3], d}, ta, what->get(kTransB, 0) != 0,
                    epilogue, 0, bias, *alpha, *beta, 0};
    if (const int status = plan(what, product.a, product.b, product.c, product.d)) return status;
    product.depth = ta ? product.a.rows : product.a.columns;
    product.bias_type = static_cast<int>(what->get(kBiasType, product.d.type));
    if (product.epilogue & kEpilogueBias)
    {
        const std::size_t bytes = static_cast<std::size_t>(product.d.rows) * (product.bias_type == kBFloat16 ? 2 : 4);
        if (!argent_emulated::is_allocated(reinterpret_cast<void*>(product.bias), bytes)) return kInvalid;
    }
    for (const Matrix* m : {&product.a, &product.b, &product.d}) if (!m->is_allocated()) return kInvalid;
    if (product.beta != 0 && !product.c.is_allocated()) return kInvalid;
    argent_driver::Stream* stream = argent_driver::find_stream(stream_handle);
    if (!stream) return kInvalid;
    return own.enqueue(stream, {[product]() -> int { return product.run(); }}) == argent_driver::kSuccess ? kOk : kFailed;
}
