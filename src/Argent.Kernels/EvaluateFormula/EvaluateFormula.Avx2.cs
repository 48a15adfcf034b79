using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Argent.Kernels;

/// <summary>
/// The formula over 64 columns at a time, so that reading an instruction costs little. Every step rounds as in the
/// reference, and the transcendental ones call the same functions: values have equal bits.
/// </summary>
static unsafe class EvaluateFormulaAvx2
{
    /// <summary>Columns of a stack entry.</summary>
    const int Block = 64;

    /// <summary>Columns of a chunk.</summary>
    const int ChunkColumns = 4096;

    [SkipLocalsInit]
    public static void Run(in EvaluateFormulaArgs args, Workers workers)
    {
        EvaluateFormulaReference.Check(args);
        long notFinite = 0;
        fixed (FormulaStep* steps = args.Program.Steps)
        fixed (float* constants = args.Program.Constants)
        {
            var work = new Work
            {
                Steps = steps,
                StepCount = args.Program.Steps.Length,
                Constants = constants,
                StackDepth = args.Program.StackDepth,
                Inputs = args.Inputs.Pointer,
                Values = args.Values.Pointer,
                Count = args.Values.Count,
                NotFinite = &notFinite,
            };
            workers.Run(ref work, checked((int)((work.Count + ChunkColumns - 1) / ChunkColumns)));
        }
        args.NotFinite.Pointer[0] += notFinite;
    }

    struct Work : IChunkedWork
    {
        public FormulaStep* Steps;
        public int StepCount;
        public float* Constants;
        public int StackDepth;
        public float* Inputs;
        public float* Values;
        public long Count;
        public long* NotFinite;

        [SkipLocalsInit]
        public readonly void Run(int chunk)
        {
            float* stack = stackalloc float[StackDepth * Block];
            long last = Math.Min(Count, (chunk + 1L) * ChunkColumns), notFinite = 0;
            for (long first = (long)chunk * ChunkColumns; first < last; first += Block)
            {
                int count = (int)Math.Min(Block, last - first);
                Evaluate(first, count, stack);
                for (int i = 0; i < count; i++)
                {
                    bool finite = float.IsFinite(stack[i]);
                    notFinite += finite ? 0 : 1;
                    Values[first + i] = finite ? stack[i] : 0f;
                }
            }
            Interlocked.Add(ref *NotFinite, notFinite);
        }

        readonly void Evaluate(long first, int count, float* stack)
        {
            // One past the top, so that an entry below is always inside the stack.
            float* end = stack;
            for (int s = 0; s < StepCount; s++)
            {
                var step = Steps[s];
                switch (step.Op)
                {
                    case FormulaOp.Constant:
                        new Span<float>(end, Block).Fill(Constants[step.Operand]);
                        end += Block;
                        break;
                    case FormulaOp.Input:
                        Load(Inputs + (step.Operand * Count) + first, count, end);
                        end += Block;
                        break;
                    case FormulaOp.Select:
                        end -= 2 * Block;
                        Select(end - Block, end, end + Block);
                        break;
                    case FormulaOp.Negate or FormulaOp.Abs or FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sqrt
                        or FormulaOp.Sigmoid or FormulaOp.Not:
                        FormulaBlocks.Unary(step.Op, end - Block);
                        break;
                    default:
                        end -= Block;
                        FormulaBlocks.Binary(step.Op, end - Block, end);
                        break;
                }
            }
        }

        static void Load(float* input, int count, float* target)
        {
            new Span<float>(input, count).CopyTo(new(target, count));
            new Span<float>(target + count, Block - count).Clear();
        }

        static void Select(float* condition, float* then, float* otherwise)
        {
            for (int i = 0; i < Block; i += 8)
            {
                var isFalse = Vector256.Equals(Vector256.Load(condition + i), Vector256<float>.Zero);
                var chosen = Vector256.ConditionalSelect(isFalse, Vector256.Load(otherwise + i), Vector256.Load(then + i));
                chosen.Store(condition + i);
            }
        }
    }

    /// <summary>One instruction over a block, in place of its first operand.</summary>
    static class FormulaBlocks
    {
        public static void Unary(FormulaOp op, float* a)
        {
            if (op is FormulaOp.Exp or FormulaOp.Log or FormulaOp.Sigmoid)
            {
                for (int i = 0; i < Block; i++) a[i] = EvaluateFormulaReference.Unary(op, a[i]);
                return;
            }
            for (int i = 0; i < Block; i += 8)
            {
                var x = Vector256.Load(a + i);
                var y = op switch
                {
                    FormulaOp.Negate => -x,
                    FormulaOp.Abs => Vector256.Abs(x),
                    FormulaOp.Sqrt => Vector256.Sqrt(x),
                    _ => Truth(Vector256.Equals(x, Vector256<float>.Zero)),
                };
                y.Store(a + i);
            }
        }

        public static void Binary(FormulaOp op, float* a, float* b)
        {
            if (op == FormulaOp.Power)
            {
                for (int i = 0; i < Block; i++) a[i] = MathF.Pow(a[i], b[i]);
                return;
            }
            for (int i = 0; i < Block; i += 8)
            {
                Combine(op, Vector256.Load(a + i), Vector256.Load(b + i)).Store(a + i);
            }
        }

        static Vector256<float> Combine(FormulaOp op, Vector256<float> x, Vector256<float> y) => op switch
        {
            FormulaOp.Add => x + y,
            FormulaOp.Subtract => x - y,
            FormulaOp.Multiply => x * y,
            FormulaOp.Divide => Vector256.AndNot(x / y, Vector256.Equals(y, Vector256<float>.Zero)),
            FormulaOp.Min => Vector256.Min(x, y),
            FormulaOp.Max => Vector256.Max(x, y),
            FormulaOp.Less => Truth(Vector256.LessThan(x, y)),
            FormulaOp.LessOrEqual => Truth(Vector256.LessThanOrEqual(x, y)),
            FormulaOp.Equal => Truth(Vector256.Equals(x, y)),
            FormulaOp.And => Truth(IsTrue(x) & IsTrue(y)),
            FormulaOp.Or => Truth(IsTrue(x) | IsTrue(y)),
            _ => throw new ArgumentException($"EvaluateFormula: unknown step {op}."),
        };

        static Vector256<float> IsTrue(Vector256<float> x) => ~Vector256.Equals(x, Vector256<float>.Zero);

        static Vector256<float> Truth(Vector256<float> mask) => mask & Vector256.Create(1f);
    }
}
