#include "argent.cuh"

// values[i] from number i of SplitMix64: every value from its place alone, so the launch's shape does not matter.
struct ArgentFillRandomArgs
{
    void* values;
    i64 count;  // of values; of groups of eight for codes
    u64 seed;
    u64 below;  // exclusive bound of integers
};

ARGENT_INLINE u64 argent_random(u64 seed, i64 place)
{
    u64 mixed = seed + (static_cast<u64>(place) + 1u) * 0x9e3779b97f4a7c15ull;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebull;
    return mixed ^ (mixed >> 31);
}

// [-0.5, 0.5) in steps of 2^-24.
ARGENT_INLINE float argent_random_float(u64 seed, i64 place)
{
    return argent_sub(argent_mul(argent_from_int(static_cast<i32>(argent_random(seed, place) >> 40)), 5.9604645e-8f), 0.5f);
}

ARGENT_INLINE i64 argent_first()
{
    return static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
}

ARGENT_INLINE i64 argent_step()
{
    return static_cast<i64>(gridDim.x) * blockDim.x;
}

// Eight codes at once, in [-127, 127]: a byte that would be -128 is -127.
extern "C" __global__ void __launch_bounds__(256) argent_random_codes(const ArgentFillRandomArgs args)
{
    u64* words = static_cast<u64*>(args.values);
    for (i64 i = argent_first(); i < args.count; i += argent_step())
    {
        u64 word = argent_random(args.seed, i);
        for (i32 byte = 0; byte < 64; byte += 8)
        {
            if (((word >> byte) & 0xffu) == 0x80u) word |= 1ull << byte;
        }
        words[i] = word;
    }
}
ARGENT_KERNEL(argent_random_codes)

extern "C" __global__ void __launch_bounds__(256) argent_random_floats(const ArgentFillRandomArgs args)
{
    float* values = static_cast<float*>(args.values);
    for (i64 i = argent_first(); i < args.count; i += argent_step()) values[i] = argent_random_float(args.seed, i);
}
ARGENT_KERNEL(argent_random_floats)

extern "C" __global__ void __launch_bounds__(256) argent_random_bf16(const ArgentFillRandomArgs args)
{
    u16* values = static_cast<u16*>(args.values);
    for (i64 i = argent_first(); i < args.count; i += argent_step()) values[i] = argent_to_bf16(argent_random_float(args.seed, i));
}
ARGENT_KERNEL(argent_random_bf16)

extern "C" __global__ void __launch_bounds__(256) argent_random_integers(const ArgentFillRandomArgs args)
{
    i32* values = static_cast<i32*>(args.values);
    for (i64 i = argent_first(); i < args.count; i += argent_step())
    {
        values[i] = static_cast<i32>(__umul64hi(argent_random(args.seed, i), args.below));
    }
}
ARGENT_KERNEL(argent_random_integers)
