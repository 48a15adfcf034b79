#include "argent.cuh"
#include "dense_tile.cuh"

// output = activation(input * weight^T + bias), see dense_tile.cuh. The weight is [N, K] float32.
// Tiles of 64 x 64, and of 16 x 64 where there are few rows.
extern "C" __global__ void __launch_bounds__(256) argent_dense(const ArgentDenseArgs args)
{
    argent_dense_tile<ArgentRowWeight, 4>(args);
}
ARGENT_KERNEL(argent_dense)

extern "C" __global__ void __launch_bounds__(256) argent_dense_flat(const ArgentDenseArgs args)
{
    argent_dense_tile<ArgentRowWeight, 1>(args);
}
ARGENT_KERNEL(argent_dense_flat)
