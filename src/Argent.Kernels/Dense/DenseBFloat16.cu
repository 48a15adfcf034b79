#include "argent.cuh"
#include "dense_tile.cuh"

// output = activation(input * weight^T + bias), see dense_tile.cuh. The weight is bfloat16 in panels of 16 rows,
// [ceil(N / 16), K, 16], widened without loss.
// Tiles of 64 x 64, and of 16 x 64 where there are few rows.
extern "C" __global__ void __launch_bounds__(256) argent_dense_bf16(const ArgentDenseArgs args)
{
    argent_dense_tile<ArgentPanelWeight, 4>(args);
}
ARGENT_KERNEL(argent_dense_bf16)

extern "C" __global__ void __launch_bounds__(256) argent_dense_bf16_flat(const ArgentDenseArgs args)
{
    argent_dense_tile<ArgentPanelWeight, 1>(args);
}
ARGENT_KERNEL(argent_dense_bf16_flat)
