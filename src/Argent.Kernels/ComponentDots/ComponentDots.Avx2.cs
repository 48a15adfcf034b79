using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Argent.Kernels;

/// <summary>
/// A tile is eight components of items by eight of a user: eight sums, which hide the time of one addition. The user's
/// components are laid out with the eight side by side, once for each run of candidates of one request.
/// </summary>
static unsafe class ComponentDotsAvx2
{
    const int Lanes = 8, TileRows = 8;

    public static void Run(in ComponentDotsArgs args, Workers workers)
    {
        ComponentDotsReference.Check(args);
        var work = new Work
        {
            Users = args.Users.Pointer,
            Items = args.Items.Pointer,
            Request = args.Request.Pointer,
            Dots = args.Dots.Pointer,
            Candidates = args.Request.Count,
            ItemStep = args.Items.Shape[1],
            UserCount = args.UserComponents,
            ItemCount = args.ItemComponents,
            Dim = checked((int)(args.Users.Shape[1] / args.UserComponents)),
        };
        workers.Run(ref work, Chunks.RowCount(work.Candidates, work.ItemCount * Math.Max(1L, work.Dim)));
    }

    struct Work : IChunkedWork
    {
        public float* Users;
        public float* Items;
        public int* Request;
        public float* Dots;
        public long Candidates;
        public long ItemStep;
        public int UserCount;
        public int ItemCount;
        public int Dim;

        public readonly void Run(int chunk)
        {
            var (first, last) = Chunks.RowBounds(chunk, Candidates, ItemCount * Math.Max(1L, Dim));
            int groups = (UserCount + Lanes - 1) / Lanes;
            float* panels = (float*)ThreadMemory.ForChunk((long)groups * Dim * Lanes * sizeof(float));
            for (long c = first; c < last;)
            {
                int request = Request[c];
                long end = c + 1;
                while (end < last && Request[end] == request) end++;
                LayOut(Users + ((long)request * UserCount * Dim), panels);
                RunCandidates(panels, c, end);
                c = end;
            }
        }

        /// <summary>panels[g, d, i] = component g * 8 + i at d; zero past the last.</summary>
        readonly void LayOut(float* user, float* panels)
        {
            for (int p = 0; p < (UserCount + Lanes - 1) / Lanes * Lanes; p++)
            {
                float* panel = panels + ((long)p / Lanes * Dim * Lanes) + (p % Lanes);
                for (int d = 0; d < Dim; d++) panel[d * Lanes] = p < UserCount ? user[(p * Dim) + d] : 0f;
            }
        }

        /// <summary>The components of the candidates are rows; whose they are plays no part until their places are computed.</summary>
        readonly void RunCandidates(float* panels, long first, long end)
        {
            float** rows = stackalloc float*[TileRows];
            long row = first * ItemCount, lastRow = end * ItemCount;
            long candidate = first;
            int component = 0;
            for (; row < lastRow; row += TileRows)
            {
                int count = (int)Math.Min(TileRows, lastRow - row);
                for (int r = 0; r < count; r++)
                {
                    rows[r] = Items + (candidate * ItemStep) + ((long)component * Dim);
                    if (++component == ItemCount) (component, candidate) = (0, candidate + 1);
                }
                for (int r = count; r < TileRows; r++) rows[r] = rows[count - 1];
                for (int p = 0; p < UserCount; p += Lanes)
                {
                    float* output = Dots + (row * UserCount) + p;
                    Tile(rows, panels + ((long)p * Dim), output, (count, Math.Min(Lanes, UserCount - p)));
                }
            }
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        readonly void Tile(float** rows, float* panel, float* output, (int Rows, int Columns) extent)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            Vector256<float> s4 = default, s5 = default, s6 = default, s7 = default;
            float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
            float* r4 = rows[4], r5 = rows[5], r6 = rows[6], r7 = rows[7];
            for (nint d = 0; d < Dim; d++)
            {
                var u = Avx.LoadVector256(panel + (d * Lanes));
                s0 = Fma.MultiplyAdd(Vector256.Create(r0[d]), u, s0);
                s1 = Fma.MultiplyAdd(Vector256.Create(r1[d]), u, s1);
                s2 = Fma.MultiplyAdd(Vector256.Create(r2[d]), u, s2);
                s3 = Fma.MultiplyAdd(Vector256.Create(r3[d]), u, s3);
                s4 = Fma.MultiplyAdd(Vector256.Create(r4[d]), u, s4);
                s5 = Fma.MultiplyAdd(Vector256.Create(r5[d]), u, s5);
                s6 = Fma.MultiplyAdd(Vector256.Create(r6[d]), u, s6);
                s7 = Fma.MultiplyAdd(Vector256.Create(r7[d]), u, s7);
            }
            float* sums = stackalloc float[TileRows * Lanes];
            bool isWhole = extent.Rows == TileRows && extent.Columns == Lanes;
            float* to = isWhole ? output : sums;
            nint step = isWhole ? UserCount : Lanes;
            Avx.Store(to, s0);
            Avx.Store(to + step, s1);
            Avx.Store(to + (2 * step), s2);
            Avx.Store(to + (3 * step), s3);
            Avx.Store(to + (4 * step), s4);
            Avx.Store(to + (5 * step), s5);
            Avx.Store(to + (6 * step), s6);
            Avx.Store(to + (7 * step), s7);
            if (isWhole) return;
            for (int r = 0; r < extent.Rows; r++)
            {
                for (int i = 0; i < extent.Columns; i++) output[((long)r * UserCount) + i] = sums[(r * Lanes) + i];
            }
        }
    }
}
