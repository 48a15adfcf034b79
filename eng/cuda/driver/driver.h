// What the emulated driver keeps: devices, streams, events, modules, graphs. One lock guards it all.
#pragma once
#include "../emulator/emulator.h"
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#define ARGENT_API extern "C" __attribute__((visibility("default")))

namespace argent_driver
{
using Address = std::uint64_t;

// The driver's return codes that this one gives.
enum Code : int
{
    kSuccess = 0,
    kInvalidValue = 1,
    kOutOfMemory = 2,
    kNotInitialized = 3,
    kNoDevice = 100,
    kInvalidDevice = 101,
    kInvalidImage = 200,
    kInvalidContext = 201,
    kInvalidPtx = 218,
    kInvalidHandle = 400,
    kNotFound = 500,
    kNotReady = 600,
    kIllegalAddress = 700,
    kLaunchOutOfResources = 701,
    kLaunchTimeout = 702,
    kMisalignedAddress = 716,
    kLaunchFailed = 719,
    kCaptureUnsupported = 900,
    kCaptureInvalidated = 901,
    kCaptureUnmatched = 903,
    kCaptureUnjoined = 904,
    kCaptureImplicit = 906,
    kUnknown = 999,
};

// What an error means, in the emulator's words; null for a code it does not know.
const char* error_name(int code);
const char* error_text(int code);

// A device and its primary context; the context's handle is this object's address.
struct Device
{
    int ordinal;
    int retained = 0;
    std::size_t used_bytes = 0;
    // The error that a kernel left: every call gives it until the context is made anew.
    int error = kSuccess;
};

struct Stream;

struct Event
{
    Device* device;
    bool timed;
    // The record that was asked for last, and the one that the stream has passed.
    std::uint64_t asked = 0, passed = 0;
    Stream* stream = nullptr;
    Stream* captured_on = nullptr;
    std::int64_t time_ns = 0;
};

// Work in a stream: something to run, or an event to wait for.
struct Work
{
    std::function<int()> run;
    Event* event = nullptr;
    std::uint64_t record = 0;
};

struct Graph { std::vector<Work> work; };

// A graph that is being recorded: the stream that began it, and those that joined by waiting for its events.
struct Capture
{
    Stream* origin;
    std::unique_ptr<Graph> graph{new Graph()};
    std::set<Stream*> joined;
    // Joined streams whose last work nothing in the origin waits for.
    std::set<Stream*> unjoined;
    bool broken = false;
};

struct Stream
{
    Device* device;
    std::deque<Work> queue;
    Capture* capture = nullptr;
};

struct Module
{
    Device* device;
    // Of PTX, the entries in its text; other images give every kernel of the emulator.
    bool is_text = false;
    std::string text;
    std::unordered_map<std::string, std::unique_ptr<struct Function>> functions;
};

struct Function
{
    Device* device;
    const argent_emulated::Kernel* kernel;
    unsigned dynamic_shared_max = 48 * 1024;
};

// What tests make go wrong. Counts are of calls from the moment the option was set; 0 is never.
struct Options
{
    argent_emulated::Options kernels;
    bool random_streams = false;
    int devices = 1;
    int capability = 90;
    std::size_t memory_bytes = 4ull << 30;
    std::uint64_t fail_allocation = 0, fail_launch = 0, fault_kernel = 0, lose_device_at_call = 0;
};

struct Driver
{
    std::recursive_mutex guard;
    bool initialized = false;
    Options options;
    std::uint64_t calls = 0, allocations = 0, launches = 0, kernels_run = 0;
    std::vector<std::unique_ptr<Device>> devices;
    std::unordered_set<void*> handles;
    std::set<Stream*> streams;
    std::unordered_map<Address, Device*> allocations_by_address;
    std::unordered_map<void*, std::size_t> pinned;
    std::string last_error;
    std::uint64_t random = 1;

    // Called at the start of each function; gives the error that the function returns instead of working.
    int enter();
    bool is_live(void* handle) const { return handles.count(handle) != 0; }
    std::uint64_t next_random();
    // Puts work into a stream or into the graph that the stream is being captured to.
    int enqueue(Stream* stream, Work work);
    // Runs one piece of work of the stream; false when it waits for an event that has not passed.
    bool step(Stream* stream);
    void drain(Stream* stream);
    void drain_all();
    void run_until(Event* event, std::uint64_t record);
    int fail(Device* device, int code, const std::string& message);
    // The context of the calling thread, null when none is current.
    Device* current();
    void end_context(Device* device);
    int add_launch(Function* function, argent_emulated::Grid blocks, argent_emulated::Grid threads, unsigned shared_bytes,
                   Stream* stream, void** parameters);
};

Driver& driver();
extern thread_local Device* current_device;

// "NAME" "value" as in the environment variable ARGENT_EMULATED_NAME; false for a name or a value that is not known.
bool set_option(Driver& own, const std::string& name, const std::string& value);
void read_environment(Driver& own);

// The stream of a handle; the driver refuses the legacy default stream, so null is no stream.
Stream* find_stream(void* handle);
}

// Takes the lock and returns what stands in the call's way.
#define ARGENT_ENTER() \
    auto& own = argent_driver::driver(); \
    std::lock_guard<std::recursive_mutex> argent_lock(own.guard); \
    if (const int argent_code = own.enter()) return argent_code
