using System.Globalization;

namespace Argent.Tensors;

/// <summary>What is applied to each output of a dense product on a GPU.</summary>
public enum DenseEpilogue
{
    /// <summary>The sum itself.</summary>
    None,

    /// <summary>Plus the output's bias.</summary>
    Bias,

    /// <summary>max(0, sum + bias).</summary>
    BiasRelu,

    /// <summary>GELU of sum + bias, in the form with tanh.</summary>
    BiasGelu,
}

/// <summary>The extents of output[M, N] = epilogue(input[M, K] · weight[N, K]ᵀ + bias[N]).</summary>
/// <param name="Rows">M.</param>
/// <param name="Outputs">N.</param>
/// <param name="Inputs">K.</param>
/// <param name="Epilogue">What is applied last.</param>
public readonly record struct DenseProductShape(long Rows, long Outputs, long Inputs, DenseEpilogue Epilogue)
{
    /// <summary>For example <c>[64, 128] x [256, 128]ᵀ, BiasRelu</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"[{Rows}, {Inputs}] x [{Outputs}, {Inputs}]ᵀ, {Epilogue}");
}

readonly record struct DenseProductKey(DenseProductShape Shape, ElementType Input, ElementType Output, long WorkspaceBytes);

/// <summary>One shape's product: the library's descriptions of it and the algorithm that was chosen.</summary>
sealed unsafe class DenseProduct : IDisposable
{
    // Numbers of cublasComputeType_t, cudaDataType and the attributes that are set.
    const int Compute32F = 68, Real32F = 0, Real16BF = 14;
    const int TransposeA = 3, Epilogue = 7, BiasPointer = 8;
    const int WorkspaceBytesMax = 1, ReductionSchemes = 3, AlignmentA = 5, AlignmentB = 6, AlignmentC = 7, AlignmentD = 8;
    const int Transposed = 1;

    // CUBLAS_STATUS_NOT_SUPPORTED
    const int NotSupported = 15;

    readonly CublasLt _library;
    readonly Lock _lock = new();
    CublasLtChoice _choice;
    nint _descriptor, _weight, _input, _output;

    public DenseProduct(CublasLt library, DenseProductKey key)
    {
        (_library, Key) = (library, key);
        var shape = key.Shape;
        if (shape.Rows < 1 || shape.Outputs < 1 || shape.Inputs < 1) throw new ArgumentException($"{shape} has an extent below 1.");
        ArgumentOutOfRangeException.ThrowIfNegative(key.WorkspaceBytes);
        try
        {
            Describe();
            Choose();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DenseProductKey Key { get; }

    public long WorkspaceBytes => (long)_choice.WorkspaceBytes;

    CublasLtApi Api => _library.Api;

    // The bias's address is part of the description, so one call at a time; a captured graph keeps it by value.
    public void Run(CudaStream stream, in DenseAddresses at)
    {
        ArgumentNullException.ThrowIfNull(stream);
        float one = 1, zero = 0;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_descriptor == 0, typeof(CublasLt));
            _library.Device.Context.Use();
            if (Key.Shape.Epilogue != DenseEpilogue.None) Set(BiasPointer, at.Bias);
            fixed (CublasLtAlgorithm* algorithm = &_choice.Algorithm)
            {
                int code = Api.Multiply(
                    _library.Handle, _descriptor, &one, at.Weight, _weight, at.Input, _input, &zero, at.Output, _output, at.Output, _output,
                    algorithm, at.Workspace, _choice.WorkspaceBytes, stream.Handle);
                Api.Check(code, "cublasLtMatmul", $"{Key.Shape}, {Key.Input} to {Key.Output}");
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_descriptor != 0) _ = Api.DescriptorDestroy(_descriptor);
            foreach (nint layout in new[] { _weight, _input, _output })
            {
                if (layout != 0) _ = Api.LayoutDestroy(layout);
            }
            (_descriptor, _weight, _input, _output) = (0, 0, 0, 0);
        }
    }

    // The library counts columns first: our rows are its columns, so it computes outputᵀ = weight · inputᵀ, where the
    // weight as stored is [K, N] to it and has to be transposed. Its bias then runs along N, as ours does.
    void Describe()
    {
        var (rows, outputs, inputs, epilogue) = Key.Shape;
        nint made;
        Api.Check(Api.DescriptorCreate(&made, Compute32F, Real32F), "cublasLtMatmulDescCreate", $"{Key.Shape}");
        _descriptor = made;
        Set(TransposeA, Transposed);
        Set(Epilogue, Number(epilogue));
        _weight = Layout(Key.Input, inputs, outputs);
        _input = Layout(Key.Input, inputs, rows);
        _output = Layout(Key.Output, outputs, rows);
    }

    void Choose()
    {
        nint preference;
        Api.Check(Api.PreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate");
        try
        {
            ulong workspace = (ulong)Key.WorkspaceBytes;
            Api.Check(
                Api.PreferenceSet(preference, WorkspaceBytesMax, &workspace, sizeof(ulong)), "cublasLtMatmulPreferenceSetAttribute",
                $"workspace of {workspace} bytes");
            // No scheme: sums that are split over blocks and joined have another order.
            Prefer(preference, ReductionSchemes, 0);
            foreach (int operand in new[] { AlignmentA, AlignmentB, AlignmentC, AlignmentD })
            {
                Prefer(preference, operand, DenseAddresses.Alignment);
            }
            CublasLtChoice choice;
            int found = 0;
            int code = Api.Choose(
                _library.Handle, _descriptor, _weight, _input, _output, _output, preference, 1, &choice, &found);
            if (code == NotSupported || (code == CudaResult.Success && (found == 0 || choice.State != CudaResult.Success)))
            {
                throw new NotSupportedException(
                    $"cuBLASLt {_library.Version} has no algorithm for {Key.Shape} of {Key.Input} to {Key.Output} in {workspace} bytes.");
            }
            Api.Check(code, "cublasLtMatmulAlgoGetHeuristic", $"{Key.Shape}");
            _choice = choice;
        }
        finally
        {
            _ = Api.PreferenceDestroy(preference);
        }
    }

    void Prefer(nint preference, int attribute, uint value) => Api.Check(
        Api.PreferenceSet(preference, attribute, &value, sizeof(uint)), "cublasLtMatmulPreferenceSetAttribute",
        $"attribute {attribute}, {value}");

    void Set(int attribute, int value) => Api.Check(
        Api.DescriptorSet(_descriptor, attribute, &value, sizeof(int)), "cublasLtMatmulDescSetAttribute",
        $"attribute {attribute}, {value}");

    void Set(int attribute, ulong address) => Api.Check(
        Api.DescriptorSet(_descriptor, attribute, &address, sizeof(ulong)), "cublasLtMatmulDescSetAttribute",
        $"attribute {attribute}, 0x{address:x}");

    nint Layout(ElementType type, long rows, long columns)
    {
        nint layout;
        int data = type == ElementType.F32 ? Real32F : type == ElementType.BF16 ? Real16BF
            : throw new NotSupportedException($"Dense products on a GPU are of F32 or BF16, not of {type}.");
        Api.Check(
            Api.LayoutCreate(&layout, data, (ulong)rows, (ulong)columns, rows), "cublasLtMatrixLayoutCreate",
            $"{type}, {rows} x {columns}");
        return layout;
    }

    // Numbers of cublasLtEpilogue_t.
    static int Number(DenseEpilogue epilogue) => epilogue switch
    {
        DenseEpilogue.None => 1,
        DenseEpilogue.Bias => 4,
        DenseEpilogue.BiasRelu => 6,
        DenseEpilogue.BiasGelu => 36,
        _ => throw new ArgumentOutOfRangeException(nameof(epilogue), epilogue, "Unknown epilogue."),
    };
}

/// <summary>Where the operands of a product are.</summary>
readonly record struct DenseAddresses(ulong Input, ulong Weight, ulong Bias, ulong Output, ulong Workspace)
{
    /// <summary>What the algorithms may count on: rows of 8 bfloat16, the width of a load.</summary>
    public const uint Alignment = 16;
}
