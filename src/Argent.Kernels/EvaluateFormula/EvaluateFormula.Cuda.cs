using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary>A formula in a device's memory: <see cref="EvaluateFormulaCuda.Instructions"/> and the constants of its program.</summary>
public readonly record struct DeviceFormula
{
    /// <summary>Whose instructions they are.</summary>
    public required FormulaProgram Program { get; init; }

    /// <summary>[s, 5] int32.</summary>
    public required DeviceTensor<int> Instructions { get; init; }

    /// <summary>[c] float32; no tensor for a program without constants.</summary>
    public DeviceTensor<float> Constants { get; init; }
}

/// <summary><see cref="EvaluateFormulaArgs"/> in a device's memory.</summary>
public readonly record struct DeviceEvaluateFormulaArgs
{
    /// <summary>The formula.</summary>
    public required DeviceFormula Formula { get; init; }

    /// <summary>[I, n] float32: one row per input; no tensor for a program without inputs.</summary>
    public DeviceTensor<float> Inputs { get; init; }

    /// <summary>[n] float32, overwritten.</summary>
    public required DeviceTensor<float> Values { get; init; }

    /// <summary>[1] int64, added to: results that were not finite.</summary>
    public required DeviceTensor<long> NotFinite { get; init; }
}

/// <summary>
/// Formulas on a GPU, with the bits of the CPU kernels but for Exp, Log, Sigmoid and Power, which are within 4 units of the
/// last place of theirs: computed in float64 and rounded.
/// </summary>
public static class EvaluateFormulaCuda
{
    // A row of results is a column of shared memory for each thread; 48 KB of it are there without asking for more.
    const uint Threads = 128, FewThreads = 32;

    const int SharedBytesMax = 48 << 10;

    const int InstructionLength = 5;

    /// <summary>ArgentEvaluateFormulaArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Instructions;
        public ulong Constants;
        public ulong Inputs;
        public ulong Values;
        public ulong NotFinite;
        public long Count;
        public int InstructionCount;
        public int Result;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("EvaluateFormula/EvaluateFormula.cu", "argent_evaluate_formula");

    /// <summary>The instructions of a program whose steps were checked, for a device: [s, 5] int32.</summary>
    public static Tensor<int> Instructions(FormulaProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        var code = program.Code;
        var instructions = Tensor.Zeros<int>(new(code.Instructions.Length, InstructionLength));
        for (int i = 0; i < code.Instructions.Length; i++)
        {
            var step = code.Instructions[i];
            var row = instructions.Row(i);
            (row[0], row[1], row[2], row[3], row[4]) = ((int)step.Op, step.A, step.B, step.C, step.Target);
        }
        return instructions;
    }

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceEvaluateFormulaArgs args)
    {
        var program = args.Formula.Program;
        var code = program.Code;
        DeviceChecks.Rank("EvaluateFormula: Values", args.Values, 1);
        DeviceChecks.Is("EvaluateFormula: NotFinite", args.NotFinite, new(1));
        DeviceChecks.Is("EvaluateFormula: Instructions", args.Formula.Instructions, new(code.Instructions.Length, InstructionLength));
        if (program.Constants.Length > 0)
        {
            DeviceChecks.Is("EvaluateFormula: Constants", args.Formula.Constants, new(program.Constants.Length));
        }
        long count = args.Values.Count;
        if (program.Inputs > 0) DeviceChecks.Is("EvaluateFormula: Inputs", args.Inputs, new(program.Inputs, count));
        if (count == 0) return;
        uint threads = code.Rows * Threads * sizeof(float) <= SharedBytesMax ? Threads : FewThreads;
        var size = LaunchSize.Over(count, threads) with { SharedBytes = checked(code.Rows * (int)threads * sizeof(float)) };
        on.Launch(Kernel, size, new Parameters
        {
            Instructions = args.Formula.Instructions.Address,
            Constants = args.Formula.Constants.Address,
            Inputs = args.Inputs.Address,
            Values = args.Values.Address,
            NotFinite = args.NotFinite.Address,
            Count = count,
            InstructionCount = code.Instructions.Length,
            Result = code.Result,
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void EvaluateFormula(in EvaluateFormulaArgs args)
    {
        EvaluateFormulaReference.Check(in args);
        var program = args.Program;
        lock (_lock)
        {
            Begin();
            var (values, notFinite) = (Output(args.Values), Copy(args.NotFinite));
            EvaluateFormulaCuda.Launch(Queue, new DeviceEvaluateFormulaArgs
            {
                Formula = new DeviceFormula
                {
                    Program = program,
                    Instructions = Input(EvaluateFormulaCuda.Instructions(program)),
                    Constants = program.Constants.Length > 0 ? Input(Tensor.From<float>(program.Constants)) : default,
                },
                Inputs = program.Inputs > 0 ? Input(args.Inputs) : default,
                Values = values,
                NotFinite = notFinite,
            });
            Result(values, args.Values);
            Result(notFinite, args.NotFinite);
            Finish();
        }
    }
}
