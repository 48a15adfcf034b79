// The CUDA language on a CPU: what kernels see when ARGENT_EMULATED is defined. Each CUDA thread is a fiber; barriers and warp
// collectives are computed by the last thread to arrive. The twins of the prelude's PTX wrappers are in emulated_wrappers.h.
#pragma once
#include "runtime.h"
#include <cstring>

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)
#define __grid_constant__
// An OS thread runs one block at a time.
#define __shared__ static __thread
#define ARGENT_EMULATED_INLINE static inline __attribute__((always_inline, unused))

#define threadIdx (argent_emulated::current->running->thread)
#define blockIdx (argent_emulated::current->block)
#define blockDim (argent_emulated::current->block_size)
#define gridDim (argent_emulated::current->grid_size)
#define warpSize 32

#define ARGENT_KERNEL(name) \
    static const argent_emulated::Registration<decltype(name), &name> argent_registration_##name(#name, __FILE__);
#define ARGENT_DYNAMIC_SHARED(type, name) \
    type* name = reinterpret_cast<type*>(argent_emulated::current->dynamic_shared)

struct __align__(8) int2 { i32 x, y; };
struct __align__(16) int4 { i32 x, y, z, w; };
struct __align__(8) uint2 { u32 x, y; };
struct __align__(16) uint4 { u32 x, y, z, w; };
struct __align__(8) float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(16) ulonglong2 { u64 x, y; };
ARGENT_EMULATED_INLINE int2 make_int2(i32 x, i32 y) { return {x, y}; }
ARGENT_EMULATED_INLINE int4 make_int4(i32 x, i32 y, i32 z, i32 w) { return {x, y, z, w}; }
ARGENT_EMULATED_INLINE uint2 make_uint2(u32 x, u32 y) { return {x, y}; }
ARGENT_EMULATED_INLINE uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return {x, y, z, w}; }
ARGENT_EMULATED_INLINE float2 make_float2(float x, float y) { return {x, y}; }
ARGENT_EMULATED_INLINE float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
ARGENT_EMULATED_INLINE ulonglong2 make_ulonglong2(u64 x, u64 y) { return {x, y}; }

// Barriers and fences.
ARGENT_EMULATED_INLINE void __syncthreads() { argent_emulated::wait_at_barrier(0, 0, false); }
ARGENT_EMULATED_INLINE int __syncthreads_count(int p)
{
    return static_cast<int>(argent_emulated::wait_at_barrier(0, 0, p != 0).held);
}
ARGENT_EMULATED_INLINE int __syncthreads_or(int p) { return __syncthreads_count(p) != 0; }
ARGENT_EMULATED_INLINE int __syncthreads_and(int p)
{
    const auto result = argent_emulated::wait_at_barrier(0, 0, p != 0);
    return result.held == result.threads;
}
ARGENT_EMULATED_INLINE void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
ARGENT_EMULATED_INLINE void __threadfence_block() { __threadfence(); }
ARGENT_EMULATED_INLINE void __threadfence_system() { __threadfence(); }
ARGENT_EMULATED_INLINE void __nanosleep(u32) { argent_emulated::yield(); }

// Bits and conversions.
template <class To, class From>
ARGENT_EMULATED_INLINE To argent_same_bits(From from)
{
    static_assert(sizeof(To) == sizeof(From), "the same bits need the same size");
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}
ARGENT_EMULATED_INLINE float __int_as_float(i32 v) { return argent_same_bits<float>(v); }
ARGENT_EMULATED_INLINE i32 __float_as_int(float v) { return argent_same_bits<i32>(v); }
ARGENT_EMULATED_INLINE float __uint_as_float(u32 v) { return argent_same_bits<float>(v); }
ARGENT_EMULATED_INLINE u32 __float_as_uint(float v) { return argent_same_bits<u32>(v); }
ARGENT_EMULATED_INLINE double __longlong_as_double(i64 v) { return argent_same_bits<double>(v); }
ARGENT_EMULATED_INLINE i64 __double_as_longlong(double v) { return argent_same_bits<i64>(v); }
ARGENT_EMULATED_INLINE float __int2float_rn(i32 v) { return static_cast<float>(v); }
// As the device does: ties to even, NaN to 0, what does not fit to the nearest that does.
ARGENT_EMULATED_INLINE i32 __float2int_rn(float v)
{
    if (v != v) return 0;
    if (v >= 2147483648.0f) return 0x7fffffff;
    if (v < -2147483648.0f) return -0x7fffffff - 1;
    return static_cast<i32>(__builtin_rintf(v));
}
ARGENT_EMULATED_INLINE int __popc(u32 v) { return __builtin_popcount(v); }
ARGENT_EMULATED_INLINE int __popcll(u64 v) { return __builtin_popcountll(v); }
ARGENT_EMULATED_INLINE int __clz(i32 v) { return v ? __builtin_clz(static_cast<u32>(v)) : 32; }
ARGENT_EMULATED_INLINE int __clzll(i64 v) { return v ? __builtin_clzll(static_cast<u64>(v)) : 64; }
ARGENT_EMULATED_INLINE int __ffs(i32 v) { return __builtin_ffs(v); }
ARGENT_EMULATED_INLINE int __ffsll(i64 v) { return __builtin_ffsll(v); }
ARGENT_EMULATED_INLINE u32 __brev(u32 v)
{
    u32 reversed = 0;
    for (u32 i = 0; i < 32; ++i) reversed |= ((v >> i) & 1u) << (31 - i);
    return reversed;
}
ARGENT_EMULATED_INLINE u32 __umulhi(u32 a, u32 b) { return static_cast<u32>((static_cast<u64>(a) * b) >> 32); }
ARGENT_EMULATED_INLINE u64 __umul64hi(u64 a, u64 b)
{
    return static_cast<u64>((static_cast<unsigned __int128>(a) * b) >> 64);
}
ARGENT_EMULATED_INLINE i32 __dp4a(i32 a, i32 b, i32 c)
{
    for (int i = 0; i < 4; ++i) c += static_cast<i8>(a >> (8 * i)) * static_cast<i8>(b >> (8 * i));
    return c;
}

// Float steps that are rounded one by one: the emulator is compiled without contraction and with hardware fma.
ARGENT_EMULATED_INLINE float __fadd_rn(float a, float b) { return a + b; }
ARGENT_EMULATED_INLINE float __fsub_rn(float a, float b) { return a - b; }
ARGENT_EMULATED_INLINE float __fmul_rn(float a, float b) { return a * b; }
ARGENT_EMULATED_INLINE float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
ARGENT_EMULATED_INLINE float __fdiv_rn(float a, float b) { return a / b; }
ARGENT_EMULATED_INLINE float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
ARGENT_EMULATED_INLINE double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
ARGENT_EMULATED_INLINE double __dsqrt_rn(double a) { return __builtin_sqrt(a); }
ARGENT_EMULATED_INLINE float fabsf(float a) { return __builtin_fabsf(a); }

template <class T> ARGENT_EMULATED_INLINE T min(T a, T b) { return b < a ? b : a; }
template <class T> ARGENT_EMULATED_INLINE T max(T a, T b) { return a < b ? b : a; }
template <class T> ARGENT_EMULATED_INLINE T __ldg(const T* p) { return *p; }

#include "emulated_atomics.h"
#include "emulated_warp.h"
#include "emulated_wrappers.h"
