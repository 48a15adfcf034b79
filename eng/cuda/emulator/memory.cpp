// Device memory between guard pages.
#include "emulator.h"
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <sys/mman.h>

namespace argent_emulated
{
namespace
{
constexpr std::size_t kPage = 4096;
// Address space before and behind each allocation in which nothing else may lie: a wrong index often misses by more than a page.
constexpr std::size_t kGuard = 1u << 20;
// Every allocation starts on a multiple of this, as the driver promises.
constexpr std::size_t kAlignment = 256;
// Larger allocations are poisoned in their first part only: touching all of an arena would cost its whole size.
constexpr std::size_t kPoisonedMax = 64u << 20;
// Freed ranges kept unmapped before their addresses may be used again.
constexpr std::size_t kQuarantineMax = 4096;
constexpr unsigned char kPoison = 0xcd;

struct Allocation
{
    unsigned char* mapping;
    std::size_t mapped, bytes, rounded;
};

struct Memory
{
    std::mutex guard;
    std::map<std::uintptr_t, Allocation> live;
    std::deque<Allocation> freed;
};

Memory& memory()
{
    static auto* all = new Memory();
    return *all;
}

std::size_t round_up(std::size_t value, std::size_t multiple) { return (value + multiple - 1) / multiple * multiple; }
}

void* allocate(std::size_t bytes)
{
    const std::size_t rounded = round_up(bytes, kAlignment);
    const std::size_t pages = round_up(rounded, kPage);
    const std::size_t mapped = pages + 2 * kGuard;
    void* mapping = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapping == MAP_FAILED) return nullptr;
    auto* first = static_cast<unsigned char*>(mapping) + kGuard;
    if (mprotect(first, pages, PROT_READ | PROT_WRITE) != 0)
    {
        munmap(mapping, mapped);
        return nullptr;
    }
    auto* address = first + pages - rounded;
    memset(address, kPoison, rounded < kPoisonedMax ? rounded : kPoisonedMax);
    memset(address + bytes, kPoison, rounded - bytes);
    std::lock_guard<std::mutex> lock(memory().guard);
    memory().live[reinterpret_cast<std::uintptr_t>(address)] = {static_cast<unsigned char*>(mapping), mapped, bytes, rounded};
    return address;
}

void release(void* address)
{
    auto& all = memory();
    std::lock_guard<std::mutex> lock(all.guard);
    const auto found = all.live.find(reinterpret_cast<std::uintptr_t>(address));
    if (found == all.live.end()) return;
    const Allocation freed = found->second;
    all.live.erase(found);
    // A new mapping over the old one gives the pages back and keeps the addresses taken.
    mmap(freed.mapping, freed.mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    all.freed.push_back(freed);
    if (all.freed.size() <= kQuarantineMax) return;
    munmap(all.freed.front().mapping, all.freed.front().mapped);
    all.freed.pop_front();
}

bool is_allocated(const void* address, std::size_t bytes)
{
    const auto begin = reinterpret_cast<std::uintptr_t>(address);
    auto& all = memory();
    std::lock_guard<std::mutex> lock(all.guard);
    auto after = all.live.upper_bound(begin);
    if (after == all.live.begin()) return false;
    --after;
    return begin - after->first <= after->second.bytes && bytes <= after->second.bytes - (begin - after->first);
}

std::size_t allocation_bytes(const void* address)
{
    auto& all = memory();
    std::lock_guard<std::mutex> lock(all.guard);
    const auto found = all.live.find(reinterpret_cast<std::uintptr_t>(address));
    return found == all.live.end() ? 0 : found->second.bytes;
}

const void* find_overrun()
{
    auto& all = memory();
    std::lock_guard<std::mutex> lock(all.guard);
    for (const auto& [address, allocation] : all.live)
    {
        const auto* begin = reinterpret_cast<const unsigned char*>(address);
        for (std::size_t i = allocation.bytes; i < allocation.rounded; ++i)
        {
            if (begin[i] != kPoison) return begin;
        }
    }
    return nullptr;
}
}
