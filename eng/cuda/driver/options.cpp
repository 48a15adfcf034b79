// What a test chooses: lane order, stream order, devices, memory, and which call fails.
#include "driver.h"
#include <cstdlib>

namespace argent_driver
{
static bool parse_number(const std::string& text, std::uint64_t& number)
{
    char* end = nullptr;
    number = strtoull(text.c_str(), &end, 10);
    return !text.empty() && text[0] != '-' && *end == '\0';
}

// "random" or "random:7": the order, then a seed.
static bool parse_order(const std::string& value, const char* name, std::uint64_t& seed)
{
    const std::string word = name;
    if (value == word) return true;
    return value.compare(0, word.size() + 1, word + ":") == 0 && parse_number(value.substr(word.size() + 1), seed);
}

static bool set_lanes(const std::string& value, argent_emulated::Options& kernels)
{
    using argent_emulated::LaneOrder;
    std::uint64_t seed = 1;
    if (value == "forward") kernels.lanes = LaneOrder::Forward;
    else if (value == "reverse") kernels.lanes = LaneOrder::Reverse;
    else if (parse_order(value, "random", seed)) kernels.lanes = LaneOrder::Random;
    else return false;
    kernels.seed = seed;
    return true;
}

static bool set_streams(const std::string& value, Driver& own)
{
    std::uint64_t seed = 1;
    if (value == "ordered") own.options.random_streams = false;
    else if (parse_order(value, "random", seed)) own.options.random_streams = true;
    else return false;
    own.random = seed * 0x9e3779b97f4a7c15ull + 1;
    return true;
}

bool set_option(Driver& own, const std::string& name, const std::string& value)
{
    auto& options = own.options;
    if (name == "LANES") return set_lanes(value, options.kernels);
    if (name == "STREAMS") return set_streams(value, own);
    std::uint64_t number = 0;
    if (!parse_number(value, number)) return false;
    if (name == "WORKERS" && number >= 1 && number <= 64) options.kernels.workers = static_cast<unsigned>(number);
    else if (name == "SECONDS" && number >= 1 && number <= 3600) options.kernels.seconds_max = static_cast<unsigned>(number);
    else if (name == "DEVICES" && number <= 64 && !own.initialized) options.devices = static_cast<int>(number);
    else if (name == "CAPABILITY" && number >= 10 && number <= 999) options.capability = static_cast<int>(number);
    else if (name == "MEMORY") options.memory_bytes = number;
    else if (name == "FAIL_ALLOCATION") { options.fail_allocation = number; own.allocations = 0; }
    else if (name == "FAIL_LAUNCH") { options.fail_launch = number; own.launches = 0; }
    else if (name == "FAULT_KERNEL") { options.fault_kernel = number; own.kernels_run = 0; }
    else if (name == "LOSE_DEVICE_AT_CALL") { options.lose_device_at_call = number; own.calls = 0; }
    else return false;
    return true;
}

void read_environment(Driver& own)
{
    static const char* const names[] = {"LANES", "STREAMS", "WORKERS", "SECONDS", "DEVICES", "CAPABILITY", "MEMORY", "FAIL_ALLOCATION",
                                        "FAIL_LAUNCH", "FAULT_KERNEL", "LOSE_DEVICE_AT_CALL"};
    for (const char* name : names)
    {
        const std::string variable = std::string("ARGENT_EMULATED_") + name;
        const char* value = getenv(variable.c_str());
        if (!value || set_option(own, name, value)) continue;
        fprintf(stderr, "argent emulator: %s=%s is not known\n", variable.c_str(), value);
        abort();
    }
}
}

// Sets an option while the process runs; 0, or CUDA_ERROR_INVALID_VALUE for a name or a value that is not known.
ARGENT_API int argentEmulatedSet(const char* name, const char* value)
{
    auto& own = argent_driver::driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    return argent_driver::set_option(own, name, value) ? argent_driver::kSuccess : argent_driver::kInvalidValue;
}

// What a kernel did wrong last: kernel, block, thread and reason. Empty when nothing went wrong.
ARGENT_API const char* argentEmulatedLastError()
{
    auto& own = argent_driver::driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    static std::string text;
    text = own.last_error;
    return text.c_str();
}

ARGENT_API void argentEmulatedForgetError()
{
    auto& own = argent_driver::driver();
    std::lock_guard<std::recursive_mutex> lock(own.guard);
    own.last_error.clear();
}
