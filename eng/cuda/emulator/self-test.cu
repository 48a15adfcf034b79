#include "argent.cuh"

// Kernels with planted bugs, which the emulator must report, and kernels that use every part of the prelude.

extern "C" __global__ void bug_divergent_barrier(u32* out)
{
    if (threadIdx.x & 1) __syncthreads();
    else out[threadIdx.x] = __ballot_sync(ARGENT_ALL_LANES, 1);
}
ARGENT_KERNEL(bug_divergent_barrier)

extern "C" __global__ void bug_early_exit(u32* out)
{
    if (threadIdx.x >= 200) return;
    out[threadIdx.x] = 1;
    __syncthreads();
}
ARGENT_KERNEL(bug_early_exit)

extern "C" __global__ void bug_wrong_mask(u32* out)
{
    if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(ARGENT_ALL_LANES, threadIdx.x, 3);
}
ARGENT_KERNEL(bug_wrong_mask)

extern "C" __global__ void bug_outside_mask(u32* out)
{
    if (threadIdx.x < 16) out[threadIdx.x] = __shfl_sync(0xffffu, threadIdx.x, 20);
}
ARGENT_KERNEL(bug_outside_mask)

// Right in no order: a thread reads what its neighbour writes, without a barrier between.
extern "C" __global__ void bug_missing_barrier(u32* out)
{
    __shared__ u32 values[256];
    values[threadIdx.x] = threadIdx.x * 3;
    out[threadIdx.x] = values[(threadIdx.x + 1) % 256];
}
ARGENT_KERNEL(bug_missing_barrier)

// Right in forward order only.
extern "C" __global__ void bug_order(u32* out)
{
    __shared__ u32 values[256];
    values[threadIdx.x] = threadIdx.x * 3;
    out[threadIdx.x] = threadIdx.x == 0 ? 0 : values[threadIdx.x - 1];
}
ARGENT_KERNEL(bug_order)

extern "C" __global__ void bug_poison(u32* out)
{
    __shared__ u32 fixed[4];
    ARGENT_DYNAMIC_SHARED(u32, dynamic);
    // Never, but a compiler would take what nobody writes for zeros.
    if (out == nullptr) fixed[threadIdx.x] = 1;
    if (threadIdx.x < 4) out[threadIdx.x] = fixed[threadIdx.x] ^ dynamic[threadIdx.x];
    else out[threadIdx.x] = dynamic[threadIdx.x % 8];
}
ARGENT_KERNEL(bug_poison)

extern "C" __global__ void bug_out_of_range(u32* out)
{
    out[threadIdx.x + blockIdx.x * 4096] = 1;
}
ARGENT_KERNEL(bug_out_of_range)

// Behind an allocation of 250 numbers, in front of its guard page.
extern "C" __global__ void bug_slack(u32* out)
{
    if (threadIdx.x == 0) out[250] = 1;
}
ARGENT_KERNEL(bug_slack)

extern "C" __global__ void bug_dynamic_shared(u32* out)
{
    ARGENT_DYNAMIC_SHARED(u32, values);
    values[threadIdx.x * 32] = 1;
    out[threadIdx.x] = 1;
}
ARGENT_KERNEL(bug_dynamic_shared)

extern "C" __global__ void bug_unaligned(u32* out)
{
    const u8* bytes = reinterpret_cast<const u8*>(out) + 2 * threadIdx.x;
    out[threadIdx.x] = *reinterpret_cast<const u32*>(bytes);
}
ARGENT_KERNEL(bug_unaligned)

extern "C" __global__ void bug_unaligned_stream(u32* out)
{
    out[threadIdx.x] = argent_load_stream(out + 1).x;
}
ARGENT_KERNEL(bug_unaligned_stream)

extern "C" __global__ void bug_stack(u32* out)
{
    volatile u32 large[12000];
    for (u32 i = 0; i < 12000; ++i) large[i] = i;
    out[threadIdx.x] = large[threadIdx.x * 7];
}
ARGENT_KERNEL(bug_stack)

extern "C" __global__ void bug_endless(u32* out)
{
    volatile u32* first = out;
    while (first[threadIdx.x] == 0) {}
}
ARGENT_KERNEL(bug_endless)

// Reads the copy before it was waited for.
extern "C" __global__ void bug_copy_wait(u32* out)
{
    __shared__ __align__(16) u32 values[1024];
    argent_copy_async16(values + threadIdx.x * 4, out + threadIdx.x * 4);
    argent_copy_commit();
    argent_copy_wait<1>();
    __syncthreads();
    out[threadIdx.x] = values[threadIdx.x];
}
ARGENT_KERNEL(bug_copy_wait)

extern "C" __global__ void test_copy(const u32* in, u32* out)
{
    __shared__ __align__(16) u32 values[1024];
    argent_copy_async16(values + threadIdx.x * 4, in + threadIdx.x * 4);
    argent_copy_commit();
    argent_copy_wait<0>();
    __syncthreads();
    out[threadIdx.x] = values[1023 - threadIdx.x];
}
ARGENT_KERNEL(test_copy)

// Sums, votes and shuffles of 256 threads against formulas; out[i] is 0 where all agree.
extern "C" __global__ void test_collectives(u32* out)
{
    const u32 lane = threadIdx.x % 32;
    u32 bad = 0;
    bad += argent_warp_sum(lane) != 496;
    bad += argent_warp_sum(static_cast<i32>(lane) - 16) != -16;
    bad += argent_warp_sum(static_cast<float>(lane)) != 496.0f;
    bad += __reduce_max_sync(ARGENT_ALL_LANES, static_cast<i32>(lane) - 40) != -9;
    bad += __reduce_min_sync(ARGENT_ALL_LANES, static_cast<i32>(lane) - 40) != -40;
    bad += __reduce_max_sync(ARGENT_ALL_LANES, lane) != 31;
    bad += __reduce_or_sync(ARGENT_ALL_LANES, 1u << lane) != ARGENT_ALL_LANES;
    bad += __reduce_and_sync(ARGENT_ALL_LANES, ~(1u << lane)) != 0;
    bad += __ballot_sync(ARGENT_ALL_LANES, lane % 3 == 0) != 0x49249249u;
    bad += __any_sync(ARGENT_ALL_LANES, lane == 7) == 0;
    bad += __all_sync(ARGENT_ALL_LANES, lane < 31) != 0;
    bad += __match_any_sync(ARGENT_ALL_LANES, lane / 4) != 0xfu << (lane / 4 * 4);
    bad += __match_any_sync(ARGENT_ALL_LANES, static_cast<u64>(lane / 2) << 33) != 3u << (lane / 2 * 2);
    bad += __shfl_sync(ARGENT_ALL_LANES, lane, 5, 8) != lane / 8 * 8 + 5;
    bad += __shfl_xor_sync(ARGENT_ALL_LANES, static_cast<u64>(lane) << 40, 3) != static_cast<u64>(lane ^ 3) << 40;
    bad += __shfl_up_sync(ARGENT_ALL_LANES, lane, 2, 16) != (lane % 16 < 2 ? lane : lane - 2);
    bad += __shfl_down_sync(ARGENT_ALL_LANES, static_cast<float>(lane), 1) != (lane == 31 ? 31.0f : lane + 1.0f);
    bad += __syncthreads_count(threadIdx.x < 100) != 100;
    bad += __syncthreads_or(threadIdx.x == 255) == 0;
    bad += __syncthreads_and(threadIdx.x != 255) != 0;
    if (threadIdx.x < 64) argent_named_barrier(1, 64);
    if (lane < 4) bad += __ballot_sync(0xfu, 1) != 0xfu;
    __syncwarp();
    bad += __dp4a(0x01ff7f80, 0x02020202, 5) != 2 * (1 - 1 + 127 - 128) + 5;
    bad += __popc(0xf0f0u) != 8 || __clz(1) != 31 || __ffs(8) != 4 || __brev(1u) != 0x80000000u || __popcll(~0ull) != 64;
    out[threadIdx.x] = bad;
}
ARGENT_KERNEL(test_collectives)

// d[16][8] = a[16][32] b[8][32]^T of int8, by fragments; e[16][8] = a[16][16] b[8][16]^T of bf16.
extern "C" __global__ void test_matrix(const u32* a, const u32* b, i32* d, const u16* af, const u16* bf, float* e)
{
    const u32 g = threadIdx.x / 4, t = threadIdx.x % 4;
    u32 left[4], right[2];
    for (u32 i = 0; i < 4; ++i) left[i] = a[(g + 8 * (i % 2)) * 8 + t + 4 * (i / 2)];
    for (u32 i = 0; i < 2; ++i) right[i] = b[g * 8 + t + 4 * i];
    i32 sums[4] = {0, 0, 0, 0};
    argent_mma_m16n8k32_s8(sums, left, right);
    for (u32 i = 0; i < 4; ++i) d[(g + 8 * (i / 2)) * 8 + 2 * t + i % 2] = sums[i];
    const u32* aw = reinterpret_cast<const u32*>(af);
    const u32* bw = reinterpret_cast<const u32*>(bf);
    for (u32 i = 0; i < 4; ++i) left[i] = aw[(g + 8 * (i % 2)) * 8 + t + 4 * (i / 2)];
    for (u32 i = 0; i < 2; ++i) right[i] = bw[g * 8 + t + 4 * i];
    float floats[4] = {0, 0, 0, 0};
    argent_mma_m16n8k16_bf16(floats, left, right);
    for (u32 i = 0; i < 4; ++i) e[(g + 8 * (i / 2)) * 8 + 2 * t + i % 2] = floats[i];
}
ARGENT_KERNEL(test_matrix)

// What x becomes: out[i] of n numbers for one function of the prelude.
extern "C" __global__ void test_math(const float* in, float* out, u32 count, u32 function)
{
    const u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= count) return;
    const float x = in[i];
    float y = 0;
    if (function == 0) y = argent_exp(x);
    if (function == 1) y = argent_log(x);
    if (function == 2) y = argent_sqrt(x);
    if (function == 3) y = argent_from_bf16(argent_to_bf16(x));
    if (function >= 4) y = argent_activate(function - 4, x);
    out[i] = y;
}
ARGENT_KERNEL(test_math)

// Atomics of all blocks: counts, a sum, extremes, a chain of exchanges.
extern "C" __global__ void test_atomics(u32* counts, u64* wide, float* sum, i32* extremes)
{
    const u32 i = blockIdx.x * blockDim.x + threadIdx.x;
    atomicAdd(&counts[0], 1u);
    atomicOr(&counts[1], 1u << (i % 32));
    atomicAnd(&counts[2], ~(1u << (i % 32)));
    atomicXor(&counts[3], i);
    atomicAdd(&wide[0], static_cast<u64>(i) << 20);
    atomicMax(&wide[1], static_cast<u64>(i) << 33);
    atomicAdd(sum, 0.5f);
    atomicMin(&extremes[0], -static_cast<i32>(i));
    atomicMax(&extremes[1], static_cast<i32>(i));
    u32 old = counts[4];
    for (u32 seen = atomicCAS(&counts[4], old, old + 2); seen != old; seen = atomicCAS(&counts[4], old, old + 2)) old = seen;
}
ARGENT_KERNEL(test_atomics)
