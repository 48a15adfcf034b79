#include "select.cuh"

// Rows of scores: by score, then second score, then tie, then position. An entry remembers its position.
struct ArgentScoreRows
{
    static constexpr u32 levels = 4;
    const float* scores;   // [B, C]
    const float* seconds;  // [B, C], or null
    const i32* ties;       // [B, C], or null
    float* top;            // [B, K]
    i32* positions;        // [B, K]
    i64 columns;           // C
    i64 kept;              // K

    ARGENT_MEMBER i64 places(i64) const { return columns; }

    ARGENT_MEMBER u32 key(i64 row, i64 place) const
    {
        const float score = scores[row * columns + place];
        // Also what is not a number.
        return score > __uint_as_float(0xff800000u) ? argent_rank_key(argent_add(score, 0.0f)) : 0u;
    }

    ARGENT_MEMBER u32 level(i64 row, i64 place, u32 n) const
    {
        if (n == 1u)
        {
            if (seconds == nullptr) return 0u;
            const float second = seconds[row * columns + place];
            return argent_rank_key(argent_is_nan(second) ? __uint_as_float(0xff800000u) : argent_add(second, 0.0f));
        }
        if (n == 2u) return ties == nullptr ? 0u : ~argent_rank_key(ties[row * columns + place]);
        return low(row, place);
    }

    ARGENT_MEMBER u32 low(i64, i64 place) const { return ~static_cast<u32>(place); }

    ARGENT_MEMBER bool better(i64 row, u64 a, u64 b) const
    {
        if ((a >> 32) != (b >> 32) || a == 0u || b == 0u) return a > b;
        const u32 place_a = ~static_cast<u32>(a), place_b = ~static_cast<u32>(b);
        for (u32 n = 1; n < 3u; ++n)
        {
            const u32 level_a = level(row, place_a, n), level_b = level(row, place_b, n);
            if (level_a != level_b) return level_a > level_b;
        }
        return a > b;
    }

    ARGENT_MEMBER void write(i64 row, i64 k, u64 entry) const
    {
        const u32 place = ~static_cast<u32>(entry);
        // The score as it came: its key does not know -0.
        top[row * kept + k] = entry == 0u ? __uint_as_float(0xff800000u) : scores[row * columns + place];
        positions[row * kept + k] = entry == 0u ? -1 : static_cast<i32>(place);
    }
};

ARGENT_SELECT_KERNELS(argent_topk, ArgentScoreRows)
