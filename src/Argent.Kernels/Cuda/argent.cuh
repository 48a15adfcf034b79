// The prelude of every kernel: one text for three compilers. NVRTC compiles the product, clang without a CUDA SDK checks that
// everything lowers to PTX, and a host compiler with ARGENT_EMULATED runs the kernels on a CPU. Kernels include nothing else
// and hold no inline PTX: each wrapper here has a twin in the emulator, so what the tests run is what the device runs.
#pragma once

typedef signed char i8;
typedef unsigned char u8;
typedef short i16;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#if defined(ARGENT_EMULATED)
#include "argent_emulated.h"
#elif defined(__CUDACC_RTC__)
// NVRTC knows the language without a header.
#elif defined(__clang__) && defined(__CUDA__)
#include "argent_clang.cuh"
#else
#error "This compiler is not one of NVRTC, clang -x cuda and a host compiler with ARGENT_EMULATED."
#endif

// All lanes of a warp.
#define ARGENT_ALL_LANES 0xffffffffu

// A function that is part of the kernel that calls it.
#define ARGENT_INLINE static __device__ __forceinline__

// The same as a member of a struct.
#define ARGENT_MEMBER __device__ __forceinline__

// Emulated kernels register themselves by name, with the sizes of their parameters; on a device a module knows its kernels.
// ARGENT_DYNAMIC_SHARED declares `name`, a pointer to the launch's dynamic shared memory, aligned to 128 bytes.
#if !defined(ARGENT_EMULATED)
#define ARGENT_KERNEL(name)
#define ARGENT_DYNAMIC_SHARED(type, name) \
    extern __shared__ __align__(128) u8 argent_dynamic_shared[]; \
    type* name = reinterpret_cast<type*>(argent_dynamic_shared)
#endif

// The wrappers of inline PTX; their twins are in emulator/argent_emulated.h.
#if !defined(ARGENT_EMULATED)

// d += a * b for int8 tiles: a is 16 x 32 by rows, b is 32 x 8 by columns, d is 16 x 8 of int32. With g = lane / 4 and
// t = lane % 4: a[i] holds row g + 8 (i % 2), bytes 4 t + 16 (i / 2) and the next 3; b[i] holds column g, bytes
// 4 t + 16 i and the next 3; d[i] is row g + 8 (i / 2), column 2 t + i % 2. All 32 lanes take part.
ARGENT_INLINE void argent_mma_m16n8k32_s8(i32 (&d)[4], const u32 (&a)[4], const u32 (&b)[2])
{
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// d += a * b for bf16 tiles: a is 16 x 16 by rows, b is 16 x 8 by columns, d is 16 x 8 of float32. Two bf16 to a register:
// a[i] holds row g + 8 (i % 2), columns 2 t + 8 (i / 2) and the next; b[i] holds column g, rows 2 t + 8 i and the next;
// d as above. The order of the sixteen additions is the device's own: compare with a tolerance.
ARGENT_INLINE void argent_mma_m16n8k16_bf16(float (&d)[4], const u32 (&a)[4], const u32 (&b)[2])
{
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

// Sixteen bytes that are read once: not kept in L1. The address is a multiple of 16, and nothing in the launch writes there.
ARGENT_INLINE uint4 argent_load_stream(const void* address)
{
    uint4 value;
    asm volatile("ld.global.nc.L1::no_allocate.L2::128B.v4.u32 {%0,%1,%2,%3}, [%4];"
                 : "=r"(value.x), "=r"(value.y), "=r"(value.z), "=r"(value.w)
                 : "l"(address));
    return value;
}

// Starts a copy of sixteen bytes from global to shared memory; both addresses are multiples of 16. The bytes are there for the
// calling thread after argent_copy_wait, for the others after a barrier behind it.
ARGENT_INLINE void argent_copy_async16(void* shared, const void* global)
{
    u64 address;
    asm("cvta.to.shared.u64 %0, %1;" : "=l"(address) : "l"(reinterpret_cast<u64>(shared)));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(static_cast<u32>(address)), "l"(global) : "memory");
}

// Closes a group of the copies started so far.
ARGENT_INLINE void argent_copy_commit()
{
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most `Pending` of the newest groups are still under way.
template <int Pending>
ARGENT_INLINE void argent_copy_wait()
{
    asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

// A barrier of `threads` threads (a multiple of 32); `id` is 1 to 15, since 0 is that of __syncthreads.
ARGENT_INLINE void argent_named_barrier(u32 id, u32 threads)
{
    asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

#endif

// Float32 arithmetic in which each step is rounded to nearest even and nothing is fused unless the name says so. Scores are
// defined by these steps, so the device, the emulator and the CPU kernels give the same bits.
ARGENT_INLINE float argent_add(float a, float b) { return __fadd_rn(a, b); }
ARGENT_INLINE float argent_sub(float a, float b) { return __fsub_rn(a, b); }
ARGENT_INLINE float argent_mul(float a, float b) { return __fmul_rn(a, b); }
ARGENT_INLINE float argent_fma(float a, float b, float c) { return __fmaf_rn(a, b, c); }
ARGENT_INLINE float argent_div(float a, float b) { return __fdiv_rn(a, b); }
ARGENT_INLINE float argent_sqrt(float a) { return __fsqrt_rn(a); }
ARGENT_INLINE float argent_from_int(i32 a) { return __int2float_rn(a); }

// The same in float64, for sums; + - * / of doubles are steps of their own there, as nothing is compiled to fuse them.
ARGENT_INLINE double argent_fma(double a, double b, double c) { return __fma_rn(a, b, c); }
ARGENT_INLINE double argent_sqrt(double a) { return __dsqrt_rn(a); }

// To the nearest integer, ties to even, for |x| under 2^31.
ARGENT_INLINE i32 argent_round(float x) { return __float2int_rn(x); }

ARGENT_INLINE bool argent_is_nan(float x) { return (__float_as_uint(x) & 0x7fffffffu) > 0x7f800000u; }

// The smaller and the larger; when one is NaN or both are equal, b: the rule of the CPU's vector instructions.
ARGENT_INLINE float argent_min(float a, float b) { return a < b ? a : b; }
ARGENT_INLINE float argent_max(float a, float b) { return a > b ? a : b; }

// A bfloat16 is the upper half of a float32. Rounds to nearest, ties to even; NaN stays NaN.
ARGENT_INLINE u16 argent_to_bf16(float value)
{
    const u32 bits = __float_as_uint(value);
    if (argent_is_nan(value)) return static_cast<u16>((bits >> 16) | 0x40u);
    return static_cast<u16>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// Widens without loss.
ARGENT_INLINE float argent_from_bf16(u16 bits) { return __uint_as_float(static_cast<u32>(bits) << 16); }

// e^x: the steps of the CPU kernels' Exponentials, so the bits are theirs. Relative error under 2e-7 for x in [-86.9, 88.72];
// 0 below, infinity above, NaN for NaN. With n = round(x / ln 2): e^x = 2^n e^r, and e^r = 1 + r + r^2 p(r).
ARGENT_INLINE float argent_exp(float x)
{
    const float lowest = -86.9f;
    if (x < lowest) return 0.0f;
    if (argent_is_nan(x)) return x;
    x = argent_min(x, 89.0f);
    const i32 n = argent_round(argent_mul(x, 1.44269504f));
    const float count = argent_from_int(n);
    // ln 2 in two parts; the first has 9 bits, so that n times it is exact.
    float r = argent_fma(-count, 0.693359375f, x);
    r = argent_fma(-count, -0.000212194442f, r);
    float p = argent_fma(0.00138145406f, r, 0.00836874545f);
    p = argent_fma(p, r, 0.041668389f);
    p = argent_fma(p, r, 0.166665211f);
    p = argent_fma(p, r, 0.49999994f);
    p = argent_fma(argent_mul(p, r), r, argent_add(r, 1.0f));
    // 2^n as 2 * 2^(n - 1), since n reaches 128 before the result overflows.
    const float power = __uint_as_float(static_cast<u32>(n + 126) << 23);
    return argent_mul(argent_add(p, p), power);
}

// The natural logarithm, for any x, within one unit in the last place (a test samples it): -infinity for 0, NaN below 0.
// With x = 2^e m, m in [sqrt 1/2, sqrt 2), f = m - 1 and s = f / (2 + f): log m = f - s (f - R), where
// R = 2 s^2 (1/3 + s^2 / 5 + s^4 / 7 + s^6 / 9) is the series of atanh.
ARGENT_INLINE float argent_log(float x)
{
    u32 bits = __float_as_uint(x);
    if ((bits << 1) == 0u) return __uint_as_float(0xff800000u);
    if (bits >= 0x7f800000u) return bits == 0x7f800000u ? x : __uint_as_float(0x7fc00000u);
    i32 exponent = 0;
    if (bits < 0x00800000u)
    {
        // Below the normal numbers: 2^23 brings them up.
        bits = __float_as_uint(argent_mul(x, 8388608.0f));
        exponent = -23;
    }
    // 0x3f3504f3 is sqrt 1/2: what is above it in the fraction counts to the next power.
    bits += 0x3f800000u - 0x3f3504f3u;
    exponent += static_cast<i32>(bits >> 23) - 127;
    const float f = argent_sub(__uint_as_float((bits & 0x007fffffu) + 0x3f3504f3u), 1.0f);
    const float s = argent_div(f, argent_add(2.0f, f));
    const float z = argent_mul(s, s);
    float p = argent_fma(z, 0.222222224f, 0.285714298f);
    p = argent_fma(p, z, 0.400000006f);
    p = argent_fma(p, z, 0.666666687f);
    const float tail = argent_mul(s, argent_sub(f, argent_mul(p, z)));
    const float count = argent_from_int(exponent);
    const float low = argent_sub(argent_mul(count, -0.000212194442f), tail);
    return argent_fma(count, 0.693359375f, argent_add(low, f));
}

// 1 / (1 + e^-x), as the CPU kernels compute it: relative error under 3e-7; below -88.7 it is 0.
ARGENT_INLINE float argent_sigmoid(float x)
{
    return argent_div(1.0f, argent_add(1.0f, argent_exp(argent_sub(0.0f, x))));
}

// The activations of Dense in the order of the C# enum: none, relu, sigmoid, silu.
ARGENT_INLINE float argent_activate(u32 activation, float x)
{
    if (activation == 0u) return x;
    if (activation == 1u) return argent_max(0.0f, x);
    const float gate = argent_sigmoid(x);
    return activation == 2u ? gate : argent_mul(x, gate);
}

// The sum of four products of signed bytes and c.
ARGENT_INLINE i32 argent_dot4(u32 a, u32 b, i32 c)
{
    return __dp4a(static_cast<i32>(a), static_cast<i32>(b), c);
}

// Sums over all lanes of a warp; every lane gets the same. The float order is fixed: pairs 16, 8, 4, 2, 1 apart.
ARGENT_INLINE i32 argent_warp_sum(i32 value) { return __reduce_add_sync(ARGENT_ALL_LANES, value); }
ARGENT_INLINE u32 argent_warp_sum(u32 value) { return __reduce_add_sync(ARGENT_ALL_LANES, value); }
ARGENT_INLINE float argent_warp_sum(float value)
{
#pragma unroll
    for (i32 apart = 16; apart > 0; apart >>= 1)
    {
        value = argent_add(value, __shfl_xor_sync(ARGENT_ALL_LANES, value, apart));
    }
    return value;
}
