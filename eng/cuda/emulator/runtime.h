// What emulated kernels share with the scheduler: fibers, warps, barriers and the block that an OS thread runs.
#pragma once
#include "kernel_table.h"
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

struct uint3 { u32 x, y, z; };

struct dim3
{
    u32 x, y, z;
    constexpr dim3(u32 a = 1, u32 b = 1, u32 c = 1) : x(a), y(b), z(c) {}
};

namespace argent_emulated
{
constexpr u32 kWarpLanes = 32;
constexpr u32 kBlockThreadsMax = 1024;
constexpr u32 kBarriers = 16;
constexpr u32 kCopiesMax = 64;

// Computes a warp collective for the lanes of `mask`; lanes[i] is what lane i handed in, null outside the mask.
using Collective = void (*)(void** lanes, u32 mask);

// What a barrier's last thread hands to all: how many predicates held, and of how many threads.
struct BarrierResult { u32 held, threads; };

struct Fiber;

// A copy to shared memory that was started and not yet waited for.
struct PendingCopy { void* shared; const void* global; u32 group; };

struct Warp
{
    Fiber* lanes[kWarpLanes];
    u32 present;
    u32 arrived;
    u32 exited;
};

// A CUDA thread.
struct Fiber
{
    void* stack_pointer;
    uint3 thread;
    u32 index;
    u32 lane;
    Warp* warp;
    // What the lane waits for: a warp collective, or a barrier when it is not negative.
    Collective collective;
    u32 mask;
    void* payload;
    i32 barrier;
    // Copies to shared memory that have not been waited for, oldest first.
    u32 copies, group;
    PendingCopy pending[kCopiesMax];
};

struct Block;

// The block that this OS thread runs. Shared variables of kernels are thread-local too, and the whole of the library's
// thread-local memory but for this pointer is poisoned before a block starts.
extern __attribute__((visibility("hidden"))) __thread Block* current;

// The part of a block that kernels read; the scheduler's own part is in scheduler.h.
struct Block
{
    Fiber* running;
    uint3 block;
    dim3 block_size;
    dim3 grid_size;
    u8* dynamic_shared;
};

// Ends the block with an error that names the running thread; does not return.
[[noreturn]] void fail(u32 code, const char* format, ...) __attribute__((format(printf, 2, 3)));

// Lets another ready thread run.
void yield();

// Waits until every lane of `mask` is here; the last to arrive computes the collective for all.
void meet(Collective collective, u32 mask, void* payload);

// Waits at a barrier of `threads` threads, or of all when it is 0.
BarrierResult wait_at_barrier(u32 id, u32 threads, bool predicate);

void start_copy(void* shared, const void* global);
void wait_for_copies(u32 pending_groups);

void add_kernel(const Kernel* kernel);

template <class Function, Function* function>
struct Registration;

template <class... Parameters, void (*function)(Parameters...)>
struct Registration<void(Parameters...), function>
{
    template <std::size_t... Index>
    static void call(void** parameters, std::index_sequence<Index...>)
    {
        function(*static_cast<std::remove_cv_t<Parameters>*>(parameters[Index])...);
    }

    static void run(void** parameters) { call(parameters, std::index_sequence_for<Parameters...>{}); }

    Registration(const char* name, const char* file)
    {
        static const u32 bytes[] = {static_cast<u32>(sizeof(Parameters))..., 0};
        static const Kernel kernel{name, file, &run, sizeof...(Parameters), bytes};
        add_kernel(&kernel);
    }
};
}
