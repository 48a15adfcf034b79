using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>
/// With weights w and dw = doutput · valueᵀ: dvalue += wᵀ doutput; dlogit = w * (dw - sum of w * dw) for softmax, dw *
/// silu'(logit) / keys for Silu; dquery += scale * dlogit key, dkey += scale * dlogitᵀ query, dbias += dlogit by row of the
/// bias. Weights are computed again: that is cheaper than keeping queries times keys of them.
/// </summary>
static unsafe class AttentionGradient
{
    public static void Run(in AttentionArgs args, IGradients gradients, GradientContext context)
    {
        AttentionReference.Check(args);
        var output = gradients.Of(args.Output);
        if (!output.IsPresent || output.Count == 0) return;
        var mark = context.Scratch.Mark();
        var view = new AttentionView(args);
        var bias = args.Bias.IsPresent ? gradients.Of(args.Bias) : default;
        int pairs = checked(view.Segments * view.Heads);
        var parts = bias.IsPresent ? context.Scratch.RentZeroed<double>(new Shape(pairs, view.BiasRows)) : default;
        var work = new Work
        {
            View = view,
            Output = output.Pointer,
            Queries = gradients.Of(args.Queries).Pointer,
            Keys = gradients.Of(args.Keys).Pointer,
            Values = gradients.Of(args.Values).Pointer,
            BiasParts = parts.Pointer,
            Pairs = pairs,
            PairWork = PairWork(view),
            Fast = context.Fast,
        };
        context.Workers.Run(ref work, Chunks.RowCount(pairs, work.PairWork));
        if (bias.IsPresent) AddBias(view, parts, bias);
        context.Scratch.Release(mark);
        if (mark == default) context.Scratch.Reset();
    }

    /// <summary>Multiply-adds of a segment and head of the mean size.</summary>
    static long PairWork(in AttentionView view)
    {
        long products = 0;
        for (int b = 0; b < view.Segments; b++)
        {
            products += (view.QueryStart[b + 1] - view.QueryStart[b]) * (view.KeyStart[b + 1] - (long)view.KeyStart[b] + 1);
        }
        return products * (view.Depth + view.ValueDepth) * 2 / Math.Max(1, view.Segments);
    }

    static void AddBias(in AttentionView view, in Tensor<double> parts, in Tensor<float> bias)
    {
        for (int p = 0; p < view.BiasRows; p++)
        {
            for (int h = 0; h < view.Heads; h++)
            {
                double sum = 0;
                for (int b = 0; b < view.Segments; b++) sum += parts.Pointer[(((long)b * view.Heads) + h) * view.BiasRows + p];
                bias.Pointer[((long)p * view.Heads) + h] += (float)sum;
            }
        }
    }

    /// <summary>A chunk is some pairs of a segment and a head: no other chunk adds to their columns.</summary>
    struct Work : IChunkedWork
    {
        public AttentionView View;
        public float* Output;
        public float* Queries;
        public float* Keys;
        public float* Values;
        public double* BiasParts;
        public long Pairs;
        public long PairWork;
        public bool Fast;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Pairs, PairWork);
            for (long pair = first; pair < last; pair++)
            {
                int segment = (int)(pair / View.Heads), head = (int)(pair % View.Heads);
                for (int i = View.QueryStart[segment]; i < View.QueryStart[segment + 1]; i += AttentionBlock.Rows)
                {
                    AddBlock(new AttentionBlock(View, segment, head, i));
                }
            }
        }

        readonly void AddBlock(in AttentionBlock block)
        {
            long count = (long)block.Count * block.Columns;
            if (count == 0) return;
            float* weights = (float*)ThreadMemory.ForChunk(3 * count * sizeof(float));
            float* slopes = weights + count;
            float* logits = slopes + count;
            block.Logits(weights, Fast);
            if (View.Weighting == AttentionWeighting.Silu) Buffer.MemoryCopy(weights, logits, count * sizeof(float), count * sizeof(float));
            block.Weights(weights, Fast);
            AddValues(block, weights);
            WeightSlopes(block, slopes);
            if (View.Weighting == AttentionWeighting.Silu) ThroughSilu(block, logits, slopes);
            else ThroughSoftmax(block, weights, slopes);
            if (BiasParts != null) AddBias(block, slopes);
            for (long i = 0; i < count; i++) slopes[i] *= View.Scale;
            AddQueries(block, slopes);
            AddKeys(block, slopes);
        }

        readonly void AddValues(in AttentionBlock block, float* weights)
        {
            if (Values == null) return;
            var gemm = new Gemm
            {
                A = weights,
                ARow = 1,
                AColumn = block.Columns, // [Count, Columns] read as [Columns, Count]
                B = Output + block.OutputOffset,
                BRow = View.ValueWidth,
                BColumn = 1, // [Count, V]
                C = Values + block.ValueOffset,
                CRow = View.ValueWidth,
                M = block.Columns,
                N = View.ValueDepth,
                K = block.Count,
                Accumulate = true,
            };
            AttentionBlock.Run(gemm, Fast);
        }

        readonly void WeightSlopes(in AttentionBlock block, float* slopes)
        {
            var gemm = new Gemm
            {
                A = Output + block.OutputOffset,
                ARow = View.ValueWidth,
                AColumn = 1, // [Count, V]
                B = View.Values + block.ValueOffset,
                BRow = 1,
                BColumn = View.ValueWidth, // [Columns, V] read as [V, Columns]
                C = slopes,
                CRow = block.Columns,
                M = block.Count,
                N = block.Columns,
                K = View.ValueDepth,
            };
            AttentionBlock.Run(gemm, Fast);
        }

        static void ThroughSoftmax(in AttentionBlock block, float* weights, float* slopes)
        {
            for (int r = 0; r < block.Count; r++)
            {
                float* w = weights + ((long)r * block.Columns);
                float* dw = slopes + ((long)r * block.Columns);
                double sum = 0;
                for (int j = 0; j < block.Columns; j++) sum += (double)w[j] * dw[j];
                float dot = (float)sum;
                for (int j = 0; j < block.Columns; j++) dw[j] = w[j] * (dw[j] - dot);
            }
        }

        readonly void ThroughSilu(in AttentionBlock block, float* logits, float* slopes)
        {
            for (int r = 0; r < block.Count; r++)
            {
                float* x = logits + ((long)r * block.Columns);
                float* dw = slopes + ((long)r * block.Columns);
                int visible = View.VisibleKeys(block.Segment, block.FirstQuery + r);
                for (int j = 0; j < visible; j++)
                {
                    float sigmoid = 1 / (1 + MathF.Exp(-x[j]));
                    dw[j] *= sigmoid * (1 + (x[j] * (1 - sigmoid))) / visible;
                }
                new Span<float>(dw + visible, block.Columns - visible).Clear();
            }
        }

        readonly void AddBias(in AttentionBlock block, float* slopes)
        {
            double* sums = BiasParts + ((((long)block.Segment * View.Heads) + block.Head) * View.BiasRows);
            for (int r = 0; r < block.Count; r++)
            {
                int query = block.FirstQuery + r, visible = View.VisibleKeys(block.Segment, query);
                float* row = slopes + ((long)r * block.Columns);
                for (int j = 0; j < visible; j++) sums[View.BiasRow(query, block.FirstKey + j)] += row[j];
            }
        }

        readonly void AddQueries(in AttentionBlock block, float* slopes)
        {
            if (Queries == null) return;
            var gemm = new Gemm
            {
                A = slopes,
                ARow = block.Columns,
                AColumn = 1, // [Count, Columns]
                B = View.Keys + block.KeyOffset,
                BRow = View.Width,
                BColumn = 1, // [Columns, E]
                C = Queries + block.QueryOffset,
                CRow = View.Width,
                M = block.Count,
                N = View.Depth,
                K = block.Columns,
                Accumulate = true,
            };
            AttentionBlock.Run(gemm, Fast);
        }

        readonly void AddKeys(in AttentionBlock block, float* slopes)
        {
            if (Keys == null) return;
            var gemm = new Gemm
            {
                A = slopes,
                ARow = 1,
                AColumn = block.Columns, // [Count, Columns] read as [Columns, Count]
                B = View.Queries + block.QueryOffset,
                BRow = View.Width,
                BColumn = 1, // [Count, E]
                C = Keys + block.KeyOffset,
                CRow = View.Width,
                M = block.Columns,
                N = View.Depth,
                K = block.Count,
                Accumulate = true,
            };
            AttentionBlock.Run(gemm, Fast);
        }
    }
}
