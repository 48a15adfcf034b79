// The driver itself, its devices and their contexts.
#include "driver.h"
#include <cstdio>
#include <cstring>

namespace argent_driver
{
thread_local Device* current_device;

Driver& driver()
{
    static auto* own = [] {
        auto* made = new Driver();
        read_environment(*made);
        return made;
    }();
    return *own;
}

int Driver::enter()
{
    if (!initialized) return kNotInitialized;
    calls++;
    if (options.lose_device_at_call && calls >= options.lose_device_at_call)
    {
        for (auto& device : devices)
        {
            if (device->error == kSuccess) fail(device.get(), kUnknown, "the device was lost, as the test asked");
        }
        options.lose_device_at_call = 0;
    }
    return current_device ? current_device->error : kSuccess;
}

int Driver::fail(Device* device, int code, const std::string& message)
{
    device->error = code;
    last_error = message;
    return code;
}

Device* Driver::current() { return current_device && current_device->retained ? current_device : nullptr; }

void Driver::end_context(Device* device)
{
    // Work that was queued is dropped; the context's memory goes with it.
    for (auto* stream : streams) if (stream->device == device) stream->queue.clear();
    for (auto next = allocations_by_address.begin(); next != allocations_by_address.end();)
    {
        if (next->second != device) { ++next; continue; }
        argent_emulated::release(reinterpret_cast<void*>(next->first));
        next = allocations_by_address.erase(next);
    }
    device->used_bytes = 0;
    device->error = kSuccess;
}

// Numbers of CUdevice_attribute and what an H200 gives for them, but for the processors: a test's grid should not be large.
static bool find_attribute(int attribute, int capability, int& value)
{
    static const struct { int attribute, value; } known[] = {
        {1, 1024}, {2, 1024}, {3, 1024}, {4, 64}, {5, 0x7fffffff}, {6, 65535}, {7, 65535}, {8, 48 * 1024}, {9, 64 * 1024},
        {10, 32}, {12, 65536}, {13, 1980000}, {16, 4}, {17, 0}, {18, 0}, {20, 0}, {31, 1}, {32, 0}, {33, 0}, {34, 0}, {35, 0},
        {36, 3201000}, {37, 6144}, {38, 60 << 20}, {39, 2048}, {40, 3}, {41, 1}, {81, 233472}, {82, 65536}, {83, 0}, {97, 232448},
        {106, 32}, {111, 1024}, {115, 1}};
    if (attribute == 75) value = capability / 10;
    else if (attribute == 76) value = capability % 10;
    else
    {
        for (const auto& entry : known)
        {
            if (entry.attribute != attribute) continue;
            value = entry.value;
            return true;
        }
        return false;
    }
    return true;
}
}

using namespace argent_driver;

ARGENT_API int cuInit(unsigned flags)
{
    auto& own = driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    if (flags) return kInvalidValue;
    if (own.options.devices == 0) return kNoDevice;
    for (int i = static_cast<int>(own.devices.size()); i < own.options.devices; ++i)
    {
        own.devices.emplace_back(new Device{i});
    }
    own.initialized = true;
    return kSuccess;
}

ARGENT_API int cuDriverGetVersion(int* version)
{
    *version = 12040;
    return kSuccess;
}

ARGENT_API int cuDeviceGetCount(int* count)
{
    ARGENT_ENTER();
    *count = static_cast<int>(own.devices.size());
    return kSuccess;
}

ARGENT_API int cuDeviceGet(int* device, int ordinal)
{
    ARGENT_ENTER();
    if (ordinal < 0 || ordinal >= static_cast<int>(own.devices.size())) return kInvalidDevice;
    *device = ordinal;
    return kSuccess;
}

static Device* find_device(int device)
{
    auto& all = driver().devices;
    return device >= 0 && device < static_cast<int>(all.size()) ? all[static_cast<std::size_t>(device)].get() : nullptr;
}

ARGENT_API int cuDeviceGetName(char* name, int length, int device)
{
    ARGENT_ENTER();
    if (!find_device(device)) return kInvalidDevice;
    if (length <= 0) return kInvalidValue;
    snprintf(name, static_cast<std::size_t>(length), "Argent emulated device");
    return kSuccess;
}

ARGENT_API int cuDeviceGetAttribute(int* value, int attribute, int device)
{
    ARGENT_ENTER();
    if (!find_device(device)) return kInvalidDevice;
    return find_attribute(attribute, own.options.capability, *value) ? kSuccess : kInvalidValue;
}

ARGENT_API int cuDeviceTotalMem_v2(std::size_t* bytes, int device)
{
    ARGENT_ENTER();
    if (!find_device(device)) return kInvalidDevice;
    *bytes = own.options.memory_bytes;
    return kSuccess;
}

ARGENT_API int cuDeviceGetUuid(unsigned char* uuid, int device)
{
    ARGENT_ENTER();
    if (!find_device(device)) return kInvalidDevice;
    memset(uuid, 0, 16);
    uuid[15] = static_cast<unsigned char>(device + 1);
    return kSuccess;
}

ARGENT_API int cuDeviceCanAccessPeer(int* can, int device, int peer)
{
    ARGENT_ENTER();
    if (!find_device(device) || !find_device(peer)) return kInvalidDevice;
    *can = device != peer;
    return kSuccess;
}

// Contexts may be left and made anew after an error, so these look at no device's error.
ARGENT_API int cuDevicePrimaryCtxRetain(void** context, int number)
{
    auto& own = driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    if (!own.initialized) return kNotInitialized;
    Device* device = find_device(number);
    if (!device) return kInvalidDevice;
    if (device->retained && device->error) return device->error;
    // The first one makes the context: what happened before is not its fault.
    if (device->retained++ == 0) device->error = kSuccess;
    *context = device;
    return kSuccess;
}

ARGENT_API int cuDevicePrimaryCtxRelease_v2(int number)
{
    auto& own = driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    Device* device = find_device(number);
    if (!device) return kInvalidDevice;
    if (device->retained == 0) return kInvalidContext;
    if (--device->retained == 0) own.end_context(device);
    return kSuccess;
}

ARGENT_API int cuDevicePrimaryCtxReset_v2(int number)
{
    auto& own = driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    Device* device = find_device(number);
    if (!device) return kInvalidDevice;
    own.end_context(device);
    return kSuccess;
}

ARGENT_API int cuCtxSetCurrent(void* context)
{
    auto& own = driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    if (!own.initialized) return kNotInitialized;
    for (auto& device : own.devices)
    {
        if (device.get() != context) continue;
        if (!device->retained) return kInvalidContext;
        current_device = device.get();
        return kSuccess;
    }
    current_device = nullptr;
    return context ? kInvalidContext : kSuccess;
}

ARGENT_API int cuCtxGetCurrent(void** context)
{
    ARGENT_ENTER();
    *context = current_device;
    return kSuccess;
}

ARGENT_API int cuCtxSynchronize()
{
    ARGENT_ENTER();
    Device* device = own.current();
    if (!device) return kInvalidContext;
    own.drain_all();
    return device->error;
}

ARGENT_API int cuCtxEnablePeerAccess(void* peer, unsigned flags)
{
    ARGENT_ENTER();
    if (flags) return kInvalidValue;
    for (auto& device : own.devices) if (device.get() == peer) return kSuccess;
    return kInvalidContext;
}
