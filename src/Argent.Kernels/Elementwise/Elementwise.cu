#include "argent.cuh"

// output[i] = op(left[i], right[i % right_count]), a thread to an element; may work in place.
struct ArgentElementwiseArgs
{
    const float* left;   // [n]
    const float* right;  // [right_count], for the first two steps
    float* output;       // [n]
    i64 count;           // n
    i64 right_count;
    float scalar;
    u32 op;  // In the order of the C# enum: add, multiply, scale, relu, sigmoid.
};

extern "C" __global__ void __launch_bounds__(256) argent_elementwise(const ArgentElementwiseArgs args)
{
    const i64 i = static_cast<i64>(blockIdx.x) * blockDim.x + threadIdx.x;
    if (i >= args.count) return;
    const float left = args.left[i];
    float value;
    if (args.op == 0u) value = argent_add(left, args.right[i % args.right_count]);
    else if (args.op == 1u) value = argent_mul(left, args.right[i % args.right_count]);
    else if (args.op == 2u) value = argent_mul(left, args.scalar);
    else value = argent_activate(args.op - 2u, left);
    args.output[i] = value;
}
ARGENT_KERNEL(argent_elementwise)
