// Modules, functions and launches. An image is what the emulated NVRTC made, or PTX text: then only its entries are found.
#include "driver.h"
#include "../emulator/kernel_table.h"
#include <cstring>

namespace argent_driver
{
// What the emulated NVRTC's images begin with.
extern const char kImageStart[] = "argent emulated image\n";

static bool has_entry(const std::string& ptx, const std::string& name)
{
    for (std::size_t at = ptx.find(".entry"); at != std::string::npos; at = ptx.find(".entry", at + 1))
    {
        const std::size_t begin = ptx.find_first_not_of(" \t\n", at + 6);
        const std::size_t end = ptx.find_first_of("( \t\n", begin);
        if (begin != std::string::npos && ptx.compare(begin, end - begin, name) == 0) return true;
    }
    return false;
}

// Runs now: at a launch's turn in its stream. A fault becomes the device's error.
static int run_kernel(Function* function, argent_emulated::Grid blocks, argent_emulated::Grid threads, unsigned shared_bytes,
                      const std::vector<std::vector<unsigned char>>& parameters)
{
    auto& own = driver();
    own.kernels_run++;
    if (own.options.fault_kernel && own.kernels_run == own.options.fault_kernel)
    {
        own.last_error = std::string(function->kernel->name) + ": failed, as the test asked";
        return kLaunchFailed;
    }
    std::vector<void*> pointers;
    for (const auto& parameter : parameters) pointers.push_back(const_cast<unsigned char*>(parameter.data()));
    std::string message;
    const unsigned code =
        argent_emulated::launch(*function->kernel, blocks, threads, shared_bytes, pointers.data(), own.options.kernels, message);
    if (code)
    {
        own.last_error = message;
        return static_cast<int>(code);
    }
    if (const void* overrun = argent_emulated::find_overrun())
    {
        char text[64];
        snprintf(text, sizeof text, ": wrote behind the end of the allocation %p", overrun);
        own.last_error = function->kernel->name + std::string(text);
        return kIllegalAddress;
    }
    return kSuccess;
}

int Driver::add_launch(Function* function, argent_emulated::Grid blocks, argent_emulated::Grid threads, unsigned shared_bytes,
                       Stream* stream, void** parameters)
{
    // Parameters are copied now, as the device's driver does.
    std::vector<std::vector<unsigned char>> copies;
    for (unsigned i = 0; i < function->kernel->parameter_count; ++i)
    {
        const auto* bytes = static_cast<const unsigned char*>(parameters[i]);
        copies.emplace_back(bytes, bytes + function->kernel->parameter_bytes[i]);
    }
    return enqueue(stream, {[=]() -> int { return run_kernel(function, blocks, threads, shared_bytes, copies); }});
}

static Function* find_function(void* handle)
{
    return driver().is_live(handle) ? static_cast<Function*>(handle) : nullptr;
}
}

using namespace argent_driver;

ARGENT_API int cuModuleLoadDataEx(void** handle, const void* image, unsigned count, int* options, void** values)
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    const char* text = static_cast<const char*>(image);
    const bool is_ptx = strstr(text, ".version") != nullptr && strstr(text, ".entry") != nullptr;
    if (!is_ptx && strncmp(text, kImageStart, strlen(kImageStart)) != 0)
    {
        // CU_JIT_ERROR_LOG_BUFFER is 5, its size in bytes 6: the log says what was expected.
        char* log = nullptr;
        std::size_t bytes = 0;
        for (unsigned i = 0; i < count; ++i)
        {
            if (options[i] == 5) log = static_cast<char*>(values[i]);
            if (options[i] == 6) bytes = static_cast<std::size_t>(reinterpret_cast<std::uintptr_t>(values[i]) & 0xffffffffu);
        }
        if (log && bytes) snprintf(log, bytes, "neither PTX nor an image of the emulated compiler");
        return kInvalidImage;
    }
    auto* module = new Module{device, is_ptx, is_ptx ? text : "", {}};
    own.handles.insert(module);
    *handle = module;
    return kSuccess;
}

ARGENT_API int cuModuleUnload(void* handle)
{
    ARGENT_ENTER();
    if (!own.is_live(handle)) return kInvalidHandle;
    own.drain_all();
    auto* module = static_cast<Module*>(handle);
    for (auto& entry : module->functions) own.handles.erase(entry.second.get());
    own.handles.erase(module);
    delete module;
    return kSuccess;
}

ARGENT_API int cuModuleGetFunction(void** handle, void* module_handle, const char* name)
{
    ARGENT_ENTER();
    if (!own.is_live(module_handle)) return kInvalidHandle;
    auto* module = static_cast<Module*>(module_handle);
    const auto* kernel = argent_emulated::find_kernel(name);
    if (!kernel || (module->is_text && !has_entry(module->text, name))) return kNotFound;
    auto& function = module->functions[name];
    if (!function)
    {
        function.reset(new Function{module->device, kernel});
        own.handles.insert(function.get());
    }
    *handle = function.get();
    return kSuccess;
}

// Numbers of CUfunction_attribute.
ARGENT_API int cuFuncGetAttribute(int* value, int attribute, void* handle)
{
    ARGENT_ENTER();
    Function* function = find_function(handle);
    if (!function) return kInvalidHandle;
    switch (attribute)
    {
        case 0: *value = 1024; return kSuccess;
        case 1: case 2: case 3: *value = 0; return kSuccess;
        case 4: *value = 32; return kSuccess;
        case 5: case 6: *value = own.options.capability; return kSuccess;
        case 8: *value = static_cast<int>(function->dynamic_shared_max); return kSuccess;
        default: return kInvalidValue;
    }
}

ARGENT_API int cuFuncSetAttribute(void* handle, int attribute, int value)
{
    ARGENT_ENTER();
    Function* function = find_function(handle);
    if (!function) return kInvalidHandle;
    if (attribute == 9) return value >= -1 && value <= 100 ? kSuccess : kInvalidValue;
    if (attribute != 8 || value < 0 || value > 227 * 1024) return kInvalidValue;
    function->dynamic_shared_max = static_cast<unsigned>(value);
    return kSuccess;
}

ARGENT_API int cuFuncGetParamInfo(void* handle, std::size_t index, std::size_t* offset, std::size_t* bytes)
{
    ARGENT_ENTER();
    Function* function = find_function(handle);
    if (!function) return kInvalidHandle;
    if (index >= function->kernel->parameter_count) return kInvalidValue;
    std::size_t at = 0;
    for (std::size_t i = 0; i < index; ++i) at = (at + function->kernel->parameter_bytes[i] + 7) / 8 * 8;
    *offset = at;
    if (bytes) *bytes = function->kernel->parameter_bytes[index];
    return kSuccess;
}

ARGENT_API int cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, void* handle, int threads, std::size_t shared_bytes)
{
    ARGENT_ENTER();
    if (!find_function(handle)) return kInvalidHandle;
    if (threads < 1 || threads > 1024) return kInvalidValue;
    const std::size_t by_shared = 228 * 1024 / (shared_bytes + 1024);
    const std::size_t by_threads = 2048 / static_cast<std::size_t>(threads);
    const std::size_t least = by_shared < by_threads ? by_shared : by_threads;
    *blocks = static_cast<int>(least < 32 ? least : 32);
    return kSuccess;
}

ARGENT_API int cuLaunchKernel(void* handle, unsigned blocks_x, unsigned blocks_y, unsigned blocks_z, unsigned threads_x,
                              unsigned threads_y, unsigned threads_z, unsigned shared_bytes, void* stream_handle,
                              void** parameters, void** extra)
{
    ARGENT_ENTER();
    Function* function = find_function(handle);
    Stream* stream = find_stream(stream_handle);
    if (!function || !stream || function->device != stream->device) return kInvalidHandle;
    if (extra || (!parameters && function->kernel->parameter_count)) return kInvalidValue;
    const auto threads = static_cast<std::uint64_t>(threads_x) * threads_y * threads_z;
    const bool empty = threads == 0 || blocks_x == 0 || blocks_y == 0 || blocks_z == 0;
    if (empty || blocks_x > 0x7fffffffu || blocks_y > 65535 || blocks_z > 65535) return kInvalidValue;
    if (threads > 1024 || threads_x > 1024 || threads_y > 1024 || threads_z > 64) return kInvalidValue;
    if (shared_bytes > function->dynamic_shared_max) return kInvalidValue;
    own.launches++;
    if (own.options.fail_launch && own.launches == own.options.fail_launch) return kLaunchOutOfResources;
    return own.add_launch(function, {blocks_x, blocks_y, blocks_z}, {threads_x, threads_y, threads_z}, shared_bytes, stream,
                          parameters);
}
