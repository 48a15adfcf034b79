// Warp collectives: shuffles, votes, matches, reductions.
#pragma once

namespace argent_emulated
{
constexpr u32 kErrorWarp = 719;

enum class ShuffleKind { Index, Xor, Down, Up };

template <class T>
struct Shuffle
{
    T value, result;
    i32 offset, width;
    ShuffleKind kind;

    // The lane that this one reads, of the segment of `width` lanes that it is in.
    i32 source(i32 lane) const
    {
        const i32 first = lane & ~(width - 1);
        if (kind == ShuffleKind::Index) return first + (offset & (width - 1));
        const i32 from = kind == ShuffleKind::Xor ? (lane ^ offset) : kind == ShuffleKind::Down ? lane + offset : lane - offset;
        return from < first || from >= first + width ? lane : from;
    }

    static void run(void** lanes, u32 mask)
    {
        for (i32 lane = 0; lane < 32; ++lane)
        {
            if (!((mask >> lane) & 1u)) continue;
            auto* own = static_cast<Shuffle*>(lanes[lane]);
            const i32 from = own->source(lane);
            if (!((mask >> from) & 1u)) fail(kErrorWarp, "a shuffle reads lane %d, which is outside its mask %08x", from, mask);
            own->result = static_cast<Shuffle*>(lanes[from])->value;
        }
    }
};

template <class T>
__attribute__((noinline)) T shuffle(u32 mask, T value, i32 offset, i32 width, ShuffleKind kind)
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
    Shuffle<T> own{value, value, offset, width, kind};
    meet(&Shuffle<T>::run, mask, &own);
    return own.result;
}

// A collective whose lanes hand in a number and get one back.
struct Vote { u64 value, result; };

template <class Fold>
void fold_lanes(void** lanes, u32 mask, u64 start, Fold fold)
{
    u64 result = start;
    for (u32 lane = 0; lane < 32; ++lane)
    {
        if ((mask >> lane) & 1u) result = fold(result, static_cast<Vote*>(lanes[lane])->value, lane);
    }
    for (u32 lane = 0; lane < 32; ++lane)
    {
        if ((mask >> lane) & 1u) static_cast<Vote*>(lanes[lane])->result = result;
    }
}

inline void no_work(void**, u32) {}

inline void ballot(void** lanes, u32 mask)
{
    fold_lanes(lanes, mask, 0, [](u64 all, u64 own, u32 lane) { return own ? all | (1ull << lane) : all; });
}

inline void match(void** lanes, u32 mask)
{
    for (u32 lane = 0; lane < 32; ++lane)
    {
        if (!((mask >> lane) & 1u)) continue;
        auto* own = static_cast<Vote*>(lanes[lane]);
        own->result = 0;
        for (u32 other = 0; other < 32; ++other)
        {
            if (((mask >> other) & 1u) && static_cast<Vote*>(lanes[other])->value == own->value) own->result |= 1ull << other;
        }
    }
}

template <class T>
void reduce_add(void** lanes, u32 mask)
{
    fold_lanes(lanes, mask, 0, [](u64 a, u64 b, u32) { return static_cast<u64>(static_cast<u32>(a) + static_cast<u32>(b)); });
}

template <class T>
void reduce_min(void** lanes, u32 mask)
{
    const u64 start = static_cast<u32>(static_cast<T>(-1) < 0 ? 0x7fffffffu : 0xffffffffu);
    fold_lanes(lanes, mask, start, [](u64 a, u64 b, u32) {
        return static_cast<u64>(static_cast<u32>(min(static_cast<T>(a), static_cast<T>(b))));
    });
}

template <class T>
void reduce_max(void** lanes, u32 mask)
{
    const u64 start = static_cast<T>(-1) < 0 ? 0x80000000u : 0u;
    fold_lanes(lanes, mask, start, [](u64 a, u64 b, u32) {
        return static_cast<u64>(static_cast<u32>(max(static_cast<T>(a), static_cast<T>(b))));
    });
}

inline void reduce_and(void** lanes, u32 mask)
{
    fold_lanes(lanes, mask, 0xffffffffu, [](u64 a, u64 b, u32) { return a & b; });
}

inline void reduce_or(void** lanes, u32 mask)
{
    fold_lanes(lanes, mask, 0, [](u64 a, u64 b, u32) { return a | b; });
}

__attribute__((noinline)) inline u64 vote(Collective collective, u32 mask, u64 value)
{
    Vote own{value, 0};
    meet(collective, mask, &own);
    return own.result;
}
}

#define ARGENT_EMULATED_SHUFFLE(name, kind) \
    template <class T> ARGENT_EMULATED_INLINE T name(u32 mask, T v, i32 offset, int width = 32) \
    { \
        return argent_emulated::shuffle<T>(mask, v, offset, width, argent_emulated::ShuffleKind::kind); \
    }
ARGENT_EMULATED_SHUFFLE(__shfl_sync, Index)
ARGENT_EMULATED_SHUFFLE(__shfl_xor_sync, Xor)
ARGENT_EMULATED_SHUFFLE(__shfl_down_sync, Down)
ARGENT_EMULATED_SHUFFLE(__shfl_up_sync, Up)

ARGENT_EMULATED_INLINE u32 __ballot_sync(u32 mask, int p)
{
    return static_cast<u32>(argent_emulated::vote(argent_emulated::ballot, mask, p != 0));
}
ARGENT_EMULATED_INLINE int __any_sync(u32 mask, int p) { return __ballot_sync(mask, p) != 0; }
ARGENT_EMULATED_INLINE int __all_sync(u32 mask, int p) { return __ballot_sync(mask, !p) == 0; }
ARGENT_EMULATED_INLINE void __syncwarp(u32 mask = 0xffffffffu) { argent_emulated::vote(argent_emulated::no_work, mask, 0); }
template <class T>
ARGENT_EMULATED_INLINE u32 __match_any_sync(u32 mask, T v)
{
    using Bits = std::conditional_t<sizeof(T) == 8, u64, u32>;
    return static_cast<u32>(argent_emulated::vote(argent_emulated::match, mask, argent_same_bits<Bits>(v)));
}

#define ARGENT_EMULATED_REDUCE(name, collective) \
    ARGENT_EMULATED_INLINE u32 name(u32 mask, u32 v) \
    { \
        return static_cast<u32>(argent_emulated::vote(argent_emulated::collective<u32>, mask, v)); \
    } \
    ARGENT_EMULATED_INLINE i32 name(u32 mask, i32 v) \
    { \
        return static_cast<i32>(argent_emulated::vote(argent_emulated::collective<i32>, mask, static_cast<u32>(v))); \
    }
ARGENT_EMULATED_REDUCE(__reduce_add_sync, reduce_add)
ARGENT_EMULATED_REDUCE(__reduce_min_sync, reduce_min)
ARGENT_EMULATED_REDUCE(__reduce_max_sync, reduce_max)
ARGENT_EMULATED_INLINE u32 __reduce_and_sync(u32 mask, u32 v)
{
    return static_cast<u32>(argent_emulated::vote(argent_emulated::reduce_and, mask, v));
}
ARGENT_EMULATED_INLINE u32 __reduce_or_sync(u32 mask, u32 v)
{
    return static_cast<u32>(argent_emulated::vote(argent_emulated::reduce_or, mask, v));
}
