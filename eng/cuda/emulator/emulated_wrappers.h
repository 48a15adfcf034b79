// The twins of the prelude's PTX wrappers.
#pragma once

namespace argent_emulated
{
constexpr u32 kErrorMisaligned = 716;

inline void require_aligned(const void* address, u32 bytes, const char* what)
{
    const auto value = reinterpret_cast<std::uintptr_t>(address);
    if (value % bytes) fail(kErrorMisaligned, "%s at %#llx, which is not a multiple of %u", what, (unsigned long long)value, bytes);
}

// A matrix product of fragments. `Columns` is the depth of the product, `PerRegister` how many numbers share a register.
template <class Sum>
struct MatrixProduct { Sum* d; const u32* a; const u32* b; };

inline i32 fragment_number(u32 word, u32 part, i32) { return static_cast<i8>(word >> (8 * part)); }
inline float fragment_number(u32 word, u32 part, float) { return __uint_as_float((word >> (16 * part)) << 16); }

template <class Sum, u32 Depth, u32 PerRegister>
void multiply_fragments(void** lanes, u32 mask)
{
    if (mask != 0xffffffffu) fail(kErrorWarp, "mma with the mask %08x: all lanes take part", mask);
    Sum a[16][Depth], b[Depth][8];
    for (u32 lane = 0; lane < 32; ++lane)
    {
        const auto* own = static_cast<MatrixProduct<Sum>*>(lanes[lane]);
        const u32 g = lane / 4, t = lane % 4;
        for (u32 part = 0; part < PerRegister; ++part)
        {
            const u32 k = t * PerRegister + part;
            for (u32 i = 0; i < 4; ++i) a[g + 8 * (i % 2)][k + Depth / 2 * (i / 2)] = fragment_number(own->a[i], part, Sum());
            for (u32 i = 0; i < 2; ++i) b[k + Depth / 2 * i][g] = fragment_number(own->b[i], part, Sum());
        }
    }
    for (u32 lane = 0; lane < 32; ++lane)
    {
        auto* own = static_cast<MatrixProduct<Sum>*>(lanes[lane]);
        for (u32 i = 0; i < 4; ++i)
        {
            const u32 row = lane / 4 + 8 * (i / 2), column = 2 * (lane % 4) + i % 2;
            for (u32 k = 0; k < Depth; ++k) own->d[i] += a[row][k] * b[k][column];
        }
    }
}
}

__attribute__((noinline, unused)) static void argent_mma_m16n8k32_s8(i32 (&d)[4], const u32 (&a)[4], const u32 (&b)[2])
{
    argent_emulated::MatrixProduct<i32> own{d, a, b};
    argent_emulated::meet(&argent_emulated::multiply_fragments<i32, 32, 4>, 0xffffffffu, &own);
}

__attribute__((noinline, unused)) static void argent_mma_m16n8k16_bf16(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2])
{
    argent_emulated::MatrixProduct<float> own{d, a, b};
    argent_emulated::meet(&argent_emulated::multiply_fragments<float, 16, 2>, 0xffffffffu, &own);
}

ARGENT_EMULATED_INLINE uint4 argent_load_stream(const void* address)
{
    argent_emulated::require_aligned(address, 16, "argent_load_stream");
    uint4 value;
    memcpy(&value, address, sizeof value);
    return value;
}

ARGENT_EMULATED_INLINE void argent_copy_async16(void* shared, const void* global)
{
    argent_emulated::require_aligned(shared, 16, "argent_copy_async16 writes");
    argent_emulated::require_aligned(global, 16, "argent_copy_async16 reads");
    argent_emulated::start_copy(shared, global);
}

ARGENT_EMULATED_INLINE void argent_copy_commit() { argent_emulated::current->running->group++; }

template <int Pending>
ARGENT_EMULATED_INLINE void argent_copy_wait() { argent_emulated::wait_for_copies(Pending); }

ARGENT_EMULATED_INLINE void argent_named_barrier(u32 id, u32 threads)
{
    if (id == 0 || id >= argent_emulated::kBarriers || threads == 0 || threads % 32)
    {
        argent_emulated::fail(argent_emulated::kErrorWarp, "barrier %u of %u threads: 1 to 15, a multiple of 32", id, threads);
    }
    argent_emulated::wait_at_barrier(id, threads, false);
}
