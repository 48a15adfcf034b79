// The emulator as the fake driver uses it: launch a kernel by name, memory between guard pages, options.
#pragma once
#include <cstddef>
#include <string>

namespace argent_emulated
{
struct Kernel;

enum class LaneOrder { Forward, Reverse, Random };

struct Options
{
    LaneOrder lanes = LaneOrder::Forward;
    unsigned long long seed = 1;
    unsigned workers = 2;
    // Processor time of one worker in one launch, after which the kernel is taken for one that does not end.
    unsigned seconds_max = 60;
};

struct Grid { unsigned x, y, z; };

// CUDA's error codes for what a kernel does wrong.
enum : unsigned { kNoError = 0, kIllegalAddress = 700, kLaunchTimeout = 702, kMisalignedAddress = 716, kLaunchFailed = 719 };

const Kernel* find_kernel(const char* name);

// Runs all blocks and returns the first error's code; `message` then names kernel, block, thread and reason.
unsigned launch(const Kernel& kernel, Grid blocks, Grid threads, unsigned shared_bytes, void** parameters,
                const Options& options, std::string& message);

// Device memory: the end lies on a guard page (to 256 bytes, the alignment of every allocation), and another guard page
// lies before the start. New memory is poisoned; null when the process has no more.
void* allocate(std::size_t bytes);

// The freed range stays unmapped, so that a use after it faults.
void release(void* address);

// Whether the whole range lies in one live allocation.
bool is_allocated(const void* address, std::size_t bytes);

// Bytes of the allocation that starts at the address, 0 when none does.
std::size_t allocation_bytes(const void* address);

// Overwritten slack behind an allocation's last byte, where no guard page is: the address of the allocation, or null.
const void* find_overrun();
}
