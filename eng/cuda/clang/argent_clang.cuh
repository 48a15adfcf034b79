// The part of the CUDA language that kernels use, for clang -x cuda without an SDK: the PTX check. What is missing here fails
// the check; it is added here and in emulator/argent_emulated.h together.
#pragma once
#include <__clang_cuda_builtin_vars.h>

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __grid_constant__ __attribute__((grid_constant))
#define ARGENT_CLANG static __device__ __forceinline__

struct __align__(8) int2 { i32 x, y; };
struct __align__(16) int4 { i32 x, y, z, w; };
struct __align__(8) uint2 { u32 x, y; };
struct uint3 { u32 x, y, z; };
struct __align__(16) uint4 { u32 x, y, z, w; };
struct __align__(8) float2 { float x, y; };
struct __align__(16) float4 { float x, y, z, w; };
struct __align__(16) ulonglong2 { u64 x, y; };
struct dim3
{
    u32 x, y, z;
    __device__ constexpr dim3(u32 a = 1, u32 b = 1, u32 c = 1) : x(a), y(b), z(c) {}
};
ARGENT_CLANG int2 make_int2(i32 x, i32 y) { return int2{x, y}; }
ARGENT_CLANG int4 make_int4(i32 x, i32 y, i32 z, i32 w) { return int4{x, y, z, w}; }
ARGENT_CLANG uint2 make_uint2(u32 x, u32 y) { return uint2{x, y}; }
ARGENT_CLANG uint4 make_uint4(u32 x, u32 y, u32 z, u32 w) { return uint4{x, y, z, w}; }
ARGENT_CLANG float2 make_float2(float x, float y) { return float2{x, y}; }
ARGENT_CLANG float4 make_float4(float x, float y, float z, float w) { return float4{x, y, z, w}; }
ARGENT_CLANG ulonglong2 make_ulonglong2(u64 x, u64 y) { return ulonglong2{x, y}; }

// Barriers and fences; __syncthreads itself is a builtin.
ARGENT_CLANG int __syncthreads_count(int predicate) { return __nvvm_bar0_popc(predicate); }
ARGENT_CLANG int __syncthreads_and(int predicate) { return __nvvm_bar0_and(predicate); }
ARGENT_CLANG int __syncthreads_or(int predicate) { return __nvvm_bar0_or(predicate); }
ARGENT_CLANG void __syncwarp(u32 mask = 0xffffffffu) { __nvvm_bar_warp_sync(mask); }
ARGENT_CLANG void __threadfence() { __nvvm_membar_gl(); }
ARGENT_CLANG void __threadfence_block() { __nvvm_membar_cta(); }
ARGENT_CLANG void __threadfence_system() { __nvvm_membar_sys(); }
ARGENT_CLANG void __nanosleep(u32 ns) { asm volatile("nanosleep.u32 %0;" ::"r"(ns)); }
ARGENT_CLANG u32 __activemask()
{
    u32 mask;
    asm volatile("activemask.b32 %0;" : "=r"(mask));
    return mask;
}

// Bits and conversions.
ARGENT_CLANG float __int_as_float(i32 v) { return __builtin_bit_cast(float, v); }
ARGENT_CLANG i32 __float_as_int(float v) { return __builtin_bit_cast(i32, v); }
ARGENT_CLANG float __uint_as_float(u32 v) { return __builtin_bit_cast(float, v); }
ARGENT_CLANG u32 __float_as_uint(float v) { return __builtin_bit_cast(u32, v); }
ARGENT_CLANG double __longlong_as_double(i64 v) { return __builtin_bit_cast(double, v); }
ARGENT_CLANG i64 __double_as_longlong(double v) { return __builtin_bit_cast(i64, v); }
ARGENT_CLANG float __int2float_rn(i32 v) { return __nvvm_i2f_rn(v); }
ARGENT_CLANG i32 __float2int_rn(float v) { return __nvvm_f2i_rn(v); }
ARGENT_CLANG int __popc(u32 v) { return __builtin_popcount(v); }
ARGENT_CLANG int __popcll(u64 v) { return __builtin_popcountll(v); }
ARGENT_CLANG int __clz(i32 v) { return v ? __builtin_clz(static_cast<u32>(v)) : 32; }
ARGENT_CLANG int __clzll(i64 v) { return v ? __builtin_clzll(static_cast<u64>(v)) : 64; }
ARGENT_CLANG int __ffs(i32 v) { return __builtin_ffs(v); }
ARGENT_CLANG int __ffsll(i64 v) { return __builtin_ffsll(v); }
ARGENT_CLANG u32 __brev(u32 v) { return __builtin_bitreverse32(v); }
ARGENT_CLANG u32 __umulhi(u32 a, u32 b) { return static_cast<u32>((static_cast<u64>(a) * b) >> 32); }
ARGENT_CLANG u64 __umul64hi(u64 a, u64 b) { return __nvvm_mulhi_ull(a, b); }
ARGENT_CLANG i32 __dp4a(i32 a, i32 b, i32 c)
{
    i32 d;
    asm("dp4a.s32.s32 %0, %1, %2, %3;" : "=r"(d) : "r"(a), "r"(b), "r"(c));
    return d;
}

// Float steps that are rounded one by one.
ARGENT_CLANG float __fadd_rn(float a, float b) { return __nvvm_add_rn_f(a, b); }
ARGENT_CLANG float __fsub_rn(float a, float b) { return __nvvm_add_rn_f(a, -b); }
ARGENT_CLANG float __fmul_rn(float a, float b) { return __nvvm_mul_rn_f(a, b); }
ARGENT_CLANG float __fmaf_rn(float a, float b, float c) { return __nvvm_fma_rn_f(a, b, c); }
ARGENT_CLANG float __fdiv_rn(float a, float b) { return __nvvm_div_rn_f(a, b); }
ARGENT_CLANG float __fsqrt_rn(float a) { return __nvvm_sqrt_rn_f(a); }
ARGENT_CLANG double __fma_rn(double a, double b, double c) { return __nvvm_fma_rn_d(a, b, c); }
ARGENT_CLANG double __dsqrt_rn(double a) { return __nvvm_sqrt_rn_d(a); }
ARGENT_CLANG float fabsf(float a) { return __builtin_fabsf(a); }

template <class T> ARGENT_CLANG T min(T a, T b) { return b < a ? b : a; }
template <class T> ARGENT_CLANG T max(T a, T b) { return a < b ? b : a; }

// The product's compiler reads through the read-only cache here; the check needs only the type.
template <class T> ARGENT_CLANG T __ldg(const T* p) { return *p; }

// Shuffles of every width that kernels exchange. `clamp` is the upper lane bound in the instruction's last operand.
#define ARGENT_SHUFFLE(name, builtin, clamp, offset_type) \
    ARGENT_CLANG i32 name(u32 mask, i32 v, offset_type offset, int width = 32) \
    { \
        return builtin(mask, v, offset, ((32 - width) << 8) | clamp); \
    } \
    ARGENT_CLANG u32 name(u32 mask, u32 v, offset_type offset, int width = 32) \
    { \
        return static_cast<u32>(name(mask, static_cast<i32>(v), offset, width)); \
    } \
    ARGENT_CLANG float name(u32 mask, float v, offset_type offset, int width = 32) \
    { \
        return __int_as_float(name(mask, __float_as_int(v), offset, width)); \
    } \
    ARGENT_CLANG u64 name(u32 mask, u64 v, offset_type offset, int width = 32) \
    { \
        const u32 low = name(mask, static_cast<u32>(v), offset, width); \
        const u32 high = name(mask, static_cast<u32>(v >> 32), offset, width); \
        return (static_cast<u64>(high) << 32) | low; \
    } \
    ARGENT_CLANG i64 name(u32 mask, i64 v, offset_type offset, int width = 32) \
    { \
        return static_cast<i64>(name(mask, static_cast<u64>(v), offset, width)); \
    } \
    ARGENT_CLANG double name(u32 mask, double v, offset_type offset, int width = 32) \
    { \
        return __builtin_bit_cast(double, name(mask, __builtin_bit_cast(u64, v), offset, width)); \
    }
ARGENT_SHUFFLE(__shfl_sync, __nvvm_shfl_sync_idx_i32, 0x1f, int)
ARGENT_SHUFFLE(__shfl_xor_sync, __nvvm_shfl_sync_bfly_i32, 0x1f, int)
ARGENT_SHUFFLE(__shfl_down_sync, __nvvm_shfl_sync_down_i32, 0x1f, u32)
ARGENT_SHUFFLE(__shfl_up_sync, __nvvm_shfl_sync_up_i32, 0, u32)

// Votes, matches and reductions of a warp.
ARGENT_CLANG u32 __ballot_sync(u32 mask, int predicate) { return __nvvm_vote_ballot_sync(mask, predicate); }
ARGENT_CLANG int __any_sync(u32 mask, int predicate) { return __nvvm_vote_any_sync(mask, predicate); }
ARGENT_CLANG int __all_sync(u32 mask, int predicate) { return __nvvm_vote_all_sync(mask, predicate); }
ARGENT_CLANG u32 __match_any_sync(u32 mask, u32 v) { return __nvvm_match_any_sync_i32(mask, v); }
ARGENT_CLANG u32 __match_any_sync(u32 mask, i32 v) { return __nvvm_match_any_sync_i32(mask, static_cast<u32>(v)); }
ARGENT_CLANG u32 __match_any_sync(u32 mask, u64 v) { return __nvvm_match_any_sync_i64(mask, v); }
#define ARGENT_REDUCE(name, type, operation) \
    ARGENT_CLANG type name(u32 mask, type v) \
    { \
        type r; \
        asm volatile("redux.sync." operation " %0, %1, %2;" : "=r"(r) : "r"(v), "r"(mask)); \
        return r; \
    }
ARGENT_REDUCE(__reduce_add_sync, i32, "add.s32")
ARGENT_REDUCE(__reduce_add_sync, u32, "add.u32")
ARGENT_REDUCE(__reduce_min_sync, i32, "min.s32")
ARGENT_REDUCE(__reduce_min_sync, u32, "min.u32")
ARGENT_REDUCE(__reduce_max_sync, i32, "max.s32")
ARGENT_REDUCE(__reduce_max_sync, u32, "max.u32")
ARGENT_REDUCE(__reduce_and_sync, u32, "and.b32")
ARGENT_REDUCE(__reduce_or_sync, u32, "or.b32")

// Atomics, as the CUDA language overloads them.
#define ARGENT_ATOMIC(name, type, builtin) \
    ARGENT_CLANG type name(type* p, type v) { return builtin(p, v, __ATOMIC_RELAXED); }
ARGENT_ATOMIC(atomicAdd, i32, __atomic_fetch_add)
ARGENT_ATOMIC(atomicAdd, u32, __atomic_fetch_add)
ARGENT_ATOMIC(atomicAdd, u64, __atomic_fetch_add)
ARGENT_ATOMIC(atomicSub, i32, __atomic_fetch_sub)
ARGENT_ATOMIC(atomicSub, u32, __atomic_fetch_sub)
ARGENT_ATOMIC(atomicMin, i32, __atomic_fetch_min)
ARGENT_ATOMIC(atomicMin, u32, __atomic_fetch_min)
ARGENT_ATOMIC(atomicMin, u64, __atomic_fetch_min)
ARGENT_ATOMIC(atomicMax, i32, __atomic_fetch_max)
ARGENT_ATOMIC(atomicMax, u32, __atomic_fetch_max)
ARGENT_ATOMIC(atomicMax, u64, __atomic_fetch_max)
ARGENT_ATOMIC(atomicAnd, u32, __atomic_fetch_and)
ARGENT_ATOMIC(atomicAnd, u64, __atomic_fetch_and)
ARGENT_ATOMIC(atomicOr, u32, __atomic_fetch_or)
ARGENT_ATOMIC(atomicOr, u64, __atomic_fetch_or)
ARGENT_ATOMIC(atomicXor, u32, __atomic_fetch_xor)
ARGENT_ATOMIC(atomicXor, u64, __atomic_fetch_xor)
ARGENT_ATOMIC(atomicExch, i32, __atomic_exchange_n)
ARGENT_ATOMIC(atomicExch, u32, __atomic_exchange_n)
ARGENT_ATOMIC(atomicExch, u64, __atomic_exchange_n)
ARGENT_CLANG float atomicAdd(float* p, float v) { return __nvvm_atom_add_gen_f(p, v); }
#define ARGENT_EXCHANGE(type) \
    ARGENT_CLANG type atomicCAS(type* p, type expected, type v) \
    { \
        __atomic_compare_exchange_n(p, &expected, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED); \
        return expected; \
    }
ARGENT_EXCHANGE(i32)
ARGENT_EXCHANGE(u32)
ARGENT_EXCHANGE(u64)
