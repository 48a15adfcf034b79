using System.Runtime.CompilerServices;

namespace Argent.Kernels;

/// <summary>
/// The formula over blocks of columns whose rows stay in the first cache. Every step rounds as in the reference: values have
/// equal bits.
/// </summary>
static unsafe class EvaluateFormulaAvx2
{
    /// <summary>Columns of a chunk, which one worker takes.</summary>
    const int ChunkColumns = 4096;

    [SkipLocalsInit]
    public static void Run(in EvaluateFormulaArgs args, Workers workers)
    {
        EvaluateFormulaReference.Check(args);
        long notFinite = 0;
        var code = args.Program.Code;
        fixed (FormulaInstruction* instructions = code.Instructions)
        fixed (float* constants = args.Program.Constants)
        {
            var work = new Work
            {
                Instructions = instructions,
                InstructionCount = code.Instructions.Length,
                Rows = code.Rows,
                Result = code.Result,
                Constants = constants,
                ConstantCount = args.Program.Constants.Length,
                Inputs = args.Inputs.Pointer,
                InputCount = args.Program.Inputs,
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
        public FormulaInstruction* Instructions;
        public int InstructionCount, Rows, Result, ConstantCount, InputCount;
        public float* Constants;
        public float* Inputs;
        public float* Values;
        public long Count;
        public long* NotFinite;

        [SkipLocalsInit]
        public readonly void Run(int chunk)
        {
            const int block = FormulaBlock.Columns;
            // Rows of results, constants, and inputs of the last block, which need not be full.
            float* memory = (float*)ThreadMemory.ForChunk((Rows + ConstantCount + InputCount) * (long)block * sizeof(float));
            float* constants = memory + Rows * block;
            long first = (long)chunk * ChunkColumns, last = Math.Min(Count, first + ChunkColumns), notFinite = 0;
            int filled = (int)Math.Min(block, (last - first + 15) & ~15L);
            for (int c = 0; c < ConstantCount; c++) new Span<float>(constants + c * block, filled).Fill(Constants[c]);
            for (; first + block <= last; first += block)
            {
                float* result = Evaluate(memory, constants, new InputRows(Inputs + first, Count), block);
                notFinite += FormulaBlock.Store(result, Values + first);
            }
            if (first < last)
            {
                int count = (int)(last - first), padded = (count + 15) & ~15;
                float* inputs = constants + ConstantCount * block;
                for (int i = 0; i < InputCount; i++)
                {
                    new Span<float>(Inputs + i * Count + first, count).CopyTo(new(inputs + i * block, count));
                    new Span<float>(inputs + i * block + count, padded - count).Clear();
                }
                float* result = Evaluate(memory, constants, new InputRows(inputs, block), padded);
                notFinite += FormulaBlock.Store(result, Values + first, count);
            }
            if (notFinite > 0) Interlocked.Add(ref *NotFinite, notFinite);
        }

        /// <param name="memory">Rows of results.</param>
        /// <param name="constants">Rows of constants.</param>
        /// <param name="inputs">The block's first column of input 0, and how far it is from one input to the next.</param>
        /// <param name="columns">Columns, a multiple of 16.</param>
        readonly float* Evaluate(float* memory, float* constants, InputRows inputs, int columns)
        {
            for (int i = 0; i < InstructionCount; i++)
            {
                var step = Instructions[i];
                FormulaBlock.Run(step.Op, At(step.A), At(step.B), At(step.C), At(step.Target), columns);
            }
            return At(Result);

            float* At(int place) => place >= 0 ? memory + place * FormulaBlock.Columns
                : (~place & 1) == 0 ? constants + (~place >> 1) * FormulaBlock.Columns
                : inputs.First + (~place >> 1) * inputs.Stride;
        }
    }

    /// <summary>Where the inputs of a block are.</summary>
    readonly struct InputRows(float* first, long stride)
    {
        public float* First { get; } = first;

        public long Stride { get; } = stride;
    }
}
