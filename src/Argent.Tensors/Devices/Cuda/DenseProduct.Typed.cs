namespace Argent.Tensors;

/// <summary>A dense product of one shape and its element types, ready to be queued.</summary>
/// <typeparam name="TInput">float or <see cref="BFloat16"/>: input and weight.</typeparam>
/// <typeparam name="TOutput">Output and bias.</typeparam>
public sealed class DenseProduct<TInput, TOutput>
    where TInput : unmanaged
    where TOutput : unmanaged
{
    readonly CudaDevice _device;
    readonly DenseProduct _product;

    internal DenseProduct(CudaDevice device, DenseProduct product) => (_device, _product) = (device, product);

    /// <summary>Its extents.</summary>
    public DenseProductShape Shape => _product.Key.Shape;

    /// <summary>Bytes of the workspace that it needs.</summary>
    public long WorkspaceBytes => _product.WorkspaceBytes;

    /// <summary>Queues the product.</summary>
    /// <exception cref="ArgumentException">An operand has another shape than the product, is too small a workspace, lies on
    /// another device, or does not start at a multiple of 16 bytes.</exception>
    /// <exception cref="CudaException">The library refuses the call.</exception>
    public void Run(CudaStream stream, in DenseProductArgs<TInput, TOutput> args)
    {
        var (rows, outputs, inputs, epilogue) = Shape;
        ulong input = Check("input", args.Input, rows * inputs), weight = Check("weight", args.Weight, outputs * inputs);
        ulong output = Check("output", args.Output, rows * outputs);
        ulong bias = epilogue == DenseEpilogue.None ? 0 : Check("bias", args.Bias, outputs);
        if (WorkspaceBytes > 0 && args.Workspace.ByteLength < WorkspaceBytes)
        {
            throw new ArgumentException($"{Shape} works in {WorkspaceBytes} bytes, and {args.Workspace.ByteLength} are given.");
        }
        _product.Run(stream, new DenseAddresses(input, weight, bias, output, args.Workspace.Address));
    }

    ulong Check<T>(string name, in DeviceTensor<T> tensor, long count) where T : unmanaged
    {
        if (tensor.Count != count) throw new ArgumentException($"The {name} is {tensor}, which is not that of {Shape}.");
        if (tensor.Memory.Device is { } device && device.Context.Value != _device.Context.Value)
        {
            throw new ArgumentException($"The {name} is on {device.Device}, and the product on {_device.Device}.");
        }
        ulong address = tensor.Address;
        return address % DenseAddresses.Alignment == 0
            ? address
            : throw new ArgumentException($"The {name} starts at 0x{address:x}, which is no multiple of {DenseAddresses.Alignment}.");
    }
}

/// <summary>The operands of a dense product.</summary>
/// <typeparam name="TInput">float or <see cref="BFloat16"/>.</typeparam>
/// <typeparam name="TOutput">The input's type, or float.</typeparam>
public readonly record struct DenseProductArgs<TInput, TOutput>
    where TInput : unmanaged
    where TOutput : unmanaged
{
    /// <summary>[M, K].</summary>
    public required DeviceTensor<TInput> Input { get; init; }

    /// <summary>[N, K]: one row per output.</summary>
    public required DeviceTensor<TInput> Weight { get; init; }

    /// <summary>[N]; no tensor where the epilogue has no bias.</summary>
    public DeviceTensor<TOutput> Bias { get; init; }

    /// <summary>[M, N], overwritten.</summary>
    public required DeviceTensor<TOutput> Output { get; init; }

    /// <summary>Memory of <see cref="DenseProduct{TInput, TOutput}.WorkspaceBytes"/> or more that nothing else uses meanwhile.</summary>
    public DeviceTensor<byte> Workspace { get; init; }
}
