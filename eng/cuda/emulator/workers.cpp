// OS threads that run blocks, the memory each keeps for them, and the launch that hands blocks out.
#include "scheduler.h"
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <link.h>
#include <map>
#include <mutex>
#include <numeric>
#include <sys/mman.h>
#include <thread>

namespace argent_emulated
{
// Kernels register while the library is loaded, in an order that nobody chooses: the table is made on first use.
static std::map<std::string, const Kernel*>& kernels()
{
    static auto* table = new std::map<std::string, const Kernel*>();
    return *table;
}

void add_kernel(const Kernel* kernel) { kernels()[kernel->name] = kernel; }

const Kernel* find_kernel(const char* name)
{
    const auto found = kernels().find(name);
    return found == kernels().end() ? nullptr : found->second;
}

static u8* reserve(std::size_t bytes)
{
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
    {
        fprintf(stderr, "argent emulator: no %zu bytes of address space for fibers\n", bytes);
        abort();
    }
    return static_cast<u8*>(memory);
}

Worker::Worker()
{
    stacks = reserve(kBlockThreadsMax * kStackStride);
    for (u32 i = 0; i < kBlockThreadsMax; ++i) mprotect(stacks + i * kStackStride, kPageBytes, PROT_NONE);
    // Dynamic shared memory ends at a guard page, rounded to the 128 bytes that its start is aligned to.
    const std::size_t bytes = (kSharedBytesMax + kPageBytes - 1) / kPageBytes * kPageBytes;
    u8* memory = reserve(bytes + 2 * kPageBytes);
    mprotect(memory, kPageBytes, PROT_NONE);
    mprotect(memory + kPageBytes + bytes, kPageBytes, PROT_NONE);
    shared_end = memory + kPageBytes + bytes;
}

// The thread-local memory of this library on the calling OS thread: `current` and the shared variables of all kernels.
static int find_own_memory(dl_phdr_info* info, std::size_t, void* result)
{
    auto* own = static_cast<std::pair<u8*, std::size_t>*>(result);
    for (int i = 0; i < info->dlpi_phnum; ++i)
    {
        const auto& part = info->dlpi_phdr[i];
        auto* begin = static_cast<u8*>(info->dlpi_tls_data);
        auto* pointer = reinterpret_cast<u8*>(&current);
        if (part.p_type != PT_TLS || !begin || pointer < begin || pointer >= begin + part.p_memsz) continue;
        *own = {begin, part.p_memsz};
        return 1;
    }
    return 0;
}


// Static shared memory once a launch, dynamic once a block. What one block of a launch leaves, the next may find, as on a device.
void Worker::poison(u32 shared_bytes)
{
    if (!statics_poisoned)
    {
        std::pair<u8*, std::size_t> own{};
        dl_iterate_phdr(&find_own_memory, &own);
        memset(own.first, 0xcd, own.second);
        current = this;
        statics_poisoned = true;
    }
    dynamic_shared = shared_end - (shared_bytes + 127) / 128 * 128;
    memset(dynamic_shared, 0xcd, shared_bytes);
}

// One launch: workers take blocks from `next` until none is left or one has failed.
struct Launch
{
    const Kernel* kernel;
    void** parameters;
    Grid blocks, threads;
    u32 shared_bytes;
    Options options;
    u64 total, step, offset;
    std::atomic<u64> next{0};
    std::atomic<bool> failed{false};
    std::mutex guard;
    u32 code = kNoError;
    std::string message;

    // The order of blocks follows the order of lanes; a random one steps through all by a number prime to their count.
    u64 block(u64 i) const
    {
        if (options.lanes == LaneOrder::Forward) return i;
        if (options.lanes == LaneOrder::Reverse) return total - 1 - i;
        return static_cast<u64>((static_cast<unsigned __int128>(i) * step + offset) % total);
    }

    void run(Worker& own)
    {
        own.kernel = kernel;
        own.parameters = parameters;
        own.grid_size = dim3(blocks.x, blocks.y, blocks.z);
        own.block_size = dim3(threads.x, threads.y, threads.z);
        own.threads = threads.x * threads.y * threads.z;
        own.statics_poisoned = false;
        set_time(own, options.seconds_max);
        for (u64 i; !failed && (i = next++) < total;)
        {
            const u64 b = block(i);
            const u64 x = blocks.x, y = blocks.y;
            own.run_block({static_cast<u32>(b % x), static_cast<u32>(b / x % y), static_cast<u32>(b / (x * y))}, shared_bytes,
                          options, b);
            if (!own.failed) continue;
            std::lock_guard<std::mutex> lock(guard);
            if (!failed)
            {
                code = own.error_code;
                message = own.error;
            }
            failed = true;
        }
        set_time(own, 0);
    }
};

// The OS threads, started when first needed; they live as long as the process and so do the objects they use.
struct Pool
{
    std::mutex guard;
    std::condition_variable work, done;
    Launch* launch = nullptr;
    u64 generation = 0;
    u32 started = 0, wanted = 0, busy = 0;

    void serve(u32 number)
    {
        auto* own = new Worker();
        current = own;
        watch_faults(*own);
        u64 seen = 0;
        for (;;)
        {
            std::unique_lock<std::mutex> lock(guard);
            work.wait(lock, [&] { return generation != seen; });
            seen = generation;
            if (number >= wanted) continue;
            Launch* mine = launch;
            lock.unlock();
            mine->run(*own);
            lock.lock();
            if (--busy == 0) done.notify_one();
        }
    }

    void run(Launch& next, u32 workers)
    {
        std::unique_lock<std::mutex> lock(guard);
        while (started < workers) std::thread([this, number = started++] { serve(number); }).detach();
        launch = &next;
        wanted = busy = workers;
        generation++;
        work.notify_all();
        done.wait(lock, [&] { return busy == 0; });
    }
};

unsigned launch(const Kernel& kernel, Grid blocks, Grid threads, unsigned shared_bytes, void** parameters,
                const Options& options, std::string& message)
{
    static auto* one_at_a_time = new std::mutex();
    static auto* pool = new Pool();
    std::lock_guard<std::mutex> lock(*one_at_a_time);
    Launch next;
    next.kernel = &kernel;
    next.parameters = parameters;
    next.blocks = blocks;
    next.threads = threads;
    next.shared_bytes = shared_bytes;
    next.options = options;
    next.total = static_cast<u64>(blocks.x) * blocks.y * blocks.z;
    if (options.lanes == LaneOrder::Random)
    {
        Random random(options.seed);
        next.offset = random.below(0xffffffffu) % next.total;
        do next.step = random.below(0xffffffffu) % next.total + 1;
        while (std::gcd(next.step, next.total) != 1);
    }
    const u64 workers = options.workers < 1 ? 1 : options.workers;
    pool->run(next, static_cast<u32>(workers < next.total ? workers : next.total));
    message = next.message;
    return next.code;
}
}
