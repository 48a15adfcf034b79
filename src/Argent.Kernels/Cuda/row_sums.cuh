// Sums over the rows of a matrix by some lanes of a warp, in the order of the CPU kernels' vectors: a lane here is a lane there.
// All lanes of the warp take part; those of a row get the same sums.
#pragma once

// Of eight lanes: pairs of neighbours, then pairs of pairs, as the CPU adds the lanes of a vector.
ARGENT_INLINE float argent_sum_of_eight(float value)
{
#pragma unroll
    for (i32 apart = 1; apart < 8; apart <<= 1)
    {
        value = argent_add(value, __shfl_xor_sync(ARGENT_ALL_LANES, value, apart));
    }
    return value;
}

// Two vectors of four float64, the second in lanes 4 to 7.
ARGENT_INLINE double argent_sum_of_two_fours(double value)
{
    value += __shfl_xor_sync(ARGENT_ALL_LANES, value, 4);
    value += __shfl_xor_sync(ARGENT_ALL_LANES, value, 1);
    value += __shfl_xor_sync(ARGENT_ALL_LANES, value, 2);
    return value;
}

// Sum of x, on eight lanes.
ARGENT_INLINE double argent_row_sum(const float* x, i64 count, u32 lane)
{
    double part = 0.0;
    i64 i = 0;
    for (; i + 8 <= count; i += 8) part += static_cast<double>(x[i + lane]);
    double sum = argent_sum_of_two_fours(part);
    for (; i < count; i++) sum += static_cast<double>(x[i]);
    return sum;
}

// Sum of (x - mean)^2, on eight lanes.
ARGENT_INLINE double argent_row_squares(const float* x, double mean, i64 count, u32 lane)
{
    double part = 0.0;
    i64 i = 0;
    for (; i + 8 <= count; i += 8)
    {
        const double apart = static_cast<double>(x[i + lane]) - mean;
        part = argent_fma(apart, apart, part);
    }
    double sum = argent_sum_of_two_fours(part);
    for (; i < count; i++)
    {
        const double apart = static_cast<double>(x[i]) - mean;
        sum += apart * apart;
    }
    return sum;
}

// Sum of term(c) for c below count, on sixteen lanes: two vectors of eight, over 1,024 columns at a time in float32, and those
// sums in float64.
template <class Term>
ARGENT_INLINE double argent_exponential_sum(const Term& term, i64 count, u32 lane)
{
    double sum = 0.0;
    for (i64 first = 0; first < count; first += 1024)
    {
        const i64 last = count - first < 1024 ? count : first + 1024;
        float part = 0.0f;
        i64 c = first;
        for (; c + 16 <= last; c += 16) part = argent_add(part, term(c + lane));
        // What does not fill both vectors goes to the first.
        for (; c < last; c += 8)
        {
            if (lane < 8 && c + lane < last) part = argent_add(part, term(c + lane));
        }
        part = argent_add(part, __shfl_xor_sync(ARGENT_ALL_LANES, part, 8));
        sum += static_cast<double>(argent_sum_of_eight(part));
    }
    return sum;
}
