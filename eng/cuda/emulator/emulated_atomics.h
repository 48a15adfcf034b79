// Atomics: blocks run on several OS threads, so they are the host's own.
#pragma once

// The address alone gives the type, as in the CUDA language: atomicAdd(&count, 1) adds to an u32 too.
template <class T> using ArgentSame = std::common_type_t<T>;

#define ARGENT_EMULATED_ATOMIC(name, builtin) \
    template <class T> ARGENT_EMULATED_INLINE T name(T* p, ArgentSame<T> v) { return builtin(p, v, __ATOMIC_RELAXED); }
ARGENT_EMULATED_ATOMIC(atomicAnd, __atomic_fetch_and)
ARGENT_EMULATED_ATOMIC(atomicOr, __atomic_fetch_or)
ARGENT_EMULATED_ATOMIC(atomicXor, __atomic_fetch_xor)
ARGENT_EMULATED_ATOMIC(atomicExch, __atomic_exchange_n)
ARGENT_EMULATED_ATOMIC(atomicSub, __atomic_fetch_sub)
ARGENT_EMULATED_ATOMIC(atomicAdd, __atomic_fetch_add)

template <class T>
ARGENT_EMULATED_INLINE T atomicCAS(T* p, ArgentSame<T> expected, ArgentSame<T> v)
{
    __atomic_compare_exchange_n(p, &expected, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
    return expected;
}

template <class T>
ARGENT_EMULATED_INLINE T atomicMin(T* p, ArgentSame<T> v)
{
    T old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (v < old && !__atomic_compare_exchange_n(p, &old, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return old;
}

template <class T>
ARGENT_EMULATED_INLINE T atomicMax(T* p, ArgentSame<T> v)
{
    T old = __atomic_load_n(p, __ATOMIC_RELAXED);
    while (old < v && !__atomic_compare_exchange_n(p, &old, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {}
    return old;
}

ARGENT_EMULATED_INLINE float atomicAdd(float* p, float v)
{
    u32* bits = reinterpret_cast<u32*>(p);
    u32 old = __atomic_load_n(bits, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(bits, &old, __float_as_uint(__uint_as_float(old) + v), false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {}
    return __uint_as_float(old);
}
