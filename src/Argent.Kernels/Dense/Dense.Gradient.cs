using System.Runtime.Intrinsics;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// With s = x Wᵀ + b and ds = dy * activation'(s): dx += ds W, dW += dsᵀ x, db += sum of the rows of ds.
/// </summary>
/// <remarks>The derivative of Relu at 0 is 0.</remarks>
static unsafe class DenseGradient
{
    public static void Run(in DenseArgs args, IGradients gradients, GradientContext context)
    {
        DenseReference.Check(args);
        var outer = gradients.Of(args.Output);
        if (!outer.IsPresent || outer.Count == 0) return;
        var mark = context.Scratch.Mark();
        var inner = args.Activation == Activation.None ? outer : Inner(args, outer, context);
        AddToInput(args, inner, gradients.Of(args.Input), context);
        AddToWeight(args, inner, gradients.Of(args.Weight), context);
        if (args.Bias.IsPresent) AddToBias(inner, gradients.Of(args.Bias), context);
        context.Scratch.Release(mark);
        if (mark == default) context.Scratch.Reset();
    }

    static void AddToInput(in DenseArgs args, in Tensor<float> inner, Tensor<float> gradient, GradientContext context)
    {
        if (!gradient.IsPresent) return;
        var (m, n, k) = Extents(args);
        var gemm = new Gemm
        {
            A = inner.Pointer,
            ARow = n,
            AColumn = 1, // [M, N]
            B = args.Weight.Pointer,
            BRow = k,
            BColumn = 1, // [N, K]
            C = gradient.Pointer,
            CRow = k, // [M, K]
            M = m,
            N = k,
            K = n,
            Accumulate = true,
        };
        Gemm.Run(gemm, context.Fast, context.Workers);
    }

    static void AddToWeight(in DenseArgs args, in Tensor<float> inner, Tensor<float> gradient, GradientContext context)
    {
        if (!gradient.IsPresent) return;
        var (m, n, k) = Extents(args);
        var gemm = new Gemm
        {
            A = inner.Pointer,
            ARow = 1,
            AColumn = n, // [M, N] read as [N, M]
            B = args.Input.Pointer,
            BRow = k,
            BColumn = 1, // [M, K]
            C = gradient.Pointer,
            CRow = k, // [N, K]
            M = n,
            N = k,
            K = m,
            Accumulate = true,
        };
        Gemm.Run(gemm, context.Fast, context.Workers);
    }

    static void AddToBias(in Tensor<float> inner, Tensor<float> gradient, GradientContext context)
    {
        if (gradient.IsPresent) ColumnSums.Add(inner, gradient, context.Workers);
    }

    /// <summary>The gradient before the activation, from the output, or from the recomputed sum for Silu.</summary>
    static Tensor<float> Inner(in DenseArgs args, in Tensor<float> outer, GradientContext context)
    {
        var inner = context.Scratch.Rent<float>(outer.Shape);
        var values = args.Output;
        if (args.Activation == Activation.Silu)
        {
            values = context.Scratch.Rent<float>(outer.Shape);
            var (m, n, k) = Extents(args);
            var gemm = new Gemm
            {
                A = args.Input.Pointer,
                ARow = k,
                AColumn = 1,
                B = args.Weight.Pointer,
                BRow = 1,
                BColumn = k,
                C = values.Pointer,
                CRow = n,
                Bias = args.Bias.Pointer,
                M = m,
                N = n,
                K = k,
            };
            Gemm.Run(gemm, context.Fast, context.Workers);
        }
        var work = new InnerWork
        {
            Activation = args.Activation,
            Values = values.Pointer,
            Outer = outer.Pointer,
            Inner = inner.Pointer,
            Count = outer.Count,
        };
        context.Workers.Run(ref work, Chunks.Count(outer.Count));
        return inner;
    }

    static (int M, int N, int K) Extents(in DenseArgs args) => checked(
        ((int)args.Input.Shape[0], (int)args.Weight.Shape[0], (int)args.Input.Shape[1]));

    struct InnerWork : IChunkedWork
    {
        public Activation Activation;
        public float* Values;
        public float* Outer;
        public float* Inner;
        public long Count;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.Bounds(chunk, Count);
            if (Activation == Activation.Silu)
            {
                for (long i = first; i < last; i++) Inner[i] = Outer[i] * SiluSlope(Values[i]);
                return;
            }
            long e = first;
            for (; e + 8 <= last; e += 8)
            {
                var value = Vector256.Load(Values + e);
                var outer = Vector256.Load(Outer + e);
                var inner = Activation == Activation.Relu
                    ? outer & Vector256.GreaterThan(value, Vector256<float>.Zero)
                    : outer * (value * (Vector256.Create(1f) - value));
                inner.Store(Inner + e);
            }
            for (; e < last; e++)
            {
                Inner[e] = Activation != Activation.Relu ? Outer[e] * (Values[e] * (1 - Values[e]))
                    : Values[e] > 0 ? Outer[e] : 0;
            }
        }

        static float SiluSlope(float sum)
        {
            float sigmoid = 1 / (1 + MathF.Exp(-sum));
            return sigmoid * (1 + (sum * (1 - sigmoid)));
        }
    }
}
