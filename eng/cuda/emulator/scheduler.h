// The emulator's own view of a block: fibers, ready list, barriers, the error that ended it.
#pragma once
typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;
#include "runtime.h"
#include "emulator.h"
#include <ctime>

namespace argent_emulated
{
// A fiber's stack and the guard page below it: 9 pages apart, an odd number, so that stacks spread over the caches.
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kStackBytes = 8 * kPageBytes;
constexpr std::size_t kStackStride = kStackBytes + kPageBytes;
// What the device allows a block of shared memory on the processors the kernels are compiled for (227 KB).
constexpr u32 kSharedBytesMax = 227 * 1024;

// A small generator (xorshift); the same seed, the same order.
struct Random
{
    u64 state;
    explicit Random(u64 seed) : state(seed * 0x9e3779b97f4a7c15ull + 0x2545f4914f6cdd1dull) {}
    u32 below(u32 limit)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return static_cast<u32>((state >> 32) % limit);
    }
};

struct Barrier
{
    u32 arrived, held, needed;
    BarrierResult result;
    u32 waiting[kBlockThreadsMax];
};

// What one OS thread keeps between blocks.
struct Worker : Block
{
    Fiber fibers[kBlockThreadsMax];
    Warp warps[kBlockThreadsMax / kWarpLanes];
    Barrier barriers[kBarriers];
    u8* stacks;
    u8* shared_end;
    bool statics_poisoned;
    void* main_stack_pointer;
    const Kernel* kernel;
    void** parameters;
    u32 threads, live;
    // Fibers that can run: a ring when the order is fixed, a bag when it is random.
    u32 ready[kBlockThreadsMax];
    u32 ready_first, ready_count;
    LaneOrder order;
    Random random{0};
    bool failed;
    u32 error_code;
    u64 fault_address;
    // Fires when a launch has used its time on this OS thread.
    timer_t timer;
    char error[480];

    Worker();
    void run_block(uint3 index, u32 shared_bytes, const Options& options, u64 number);
    void make_ready(Fiber* fiber);
    Fiber* take_ready();
    void go_on();
    void complete(Warp& warp, Collective collective, u32 mask, Fiber* running);
    void release(Barrier& barrier, Fiber* running);
    void thread_exits();
    [[noreturn]] void deadlock();

private:
    void prepare_fibers();
    void poison(u32 shared_bytes);
};

inline Worker& worker() { return *static_cast<Worker*>(current); }

// Catches faults of kernels on this OS thread; what is no kernel's fault goes on to the handler before.
void watch_faults(Worker& worker);

// Gives the launch that starts on this OS thread its time, or takes it back with 0.
void set_time(Worker& worker, u32 seconds);
}
