namespace Argent.Tensors;

/// <summary>
/// Dense layers on a GPU by NVIDIA's cuBLASLt: output = epilogue(input · weightᵀ + bias), float32 sums. Found when it is
/// first asked for. Any thread may use it.
/// </summary>
public sealed unsafe class CublasLt : IDisposable
{
    /// <summary>The environment variable that names another library than the system's.</summary>
    public const string LibraryVariable = "ARGENT_CUBLASLT_LIBRARY";

    static readonly NativeFileSearch _search = new(
        "cuBLASLt, the library of dense layers,",
        LibraryVariable,
        OperatingSystem.IsWindows()
            ? ["cublasLt64_13.dll", "cublasLt64_12.dll", "cublasLt64_11.dll"]
            : ["libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11", "libcublasLt.so"],
        CudaToolkit.Folders,
        "Install cuBLAS of the CUDA toolkit (a package named like libcublas-12-4, or nvidia-cublas-cu12 of Python).");

    readonly Lock _lock = new();
    readonly Dictionary<DenseProductKey, DenseProduct> _products = [];
    readonly CudaHandle _handle;

    CublasLt(CudaDevice device, CublasLtApi api, nint handle)
    {
        (Device, Api) = (device, api);
        _handle = new CudaHandle(device.Context, handle, api.Destroy);
    }

    internal CublasLtApi Api { get; }

    internal nint Handle => _handle.Value;

    /// <summary>Where the layers are computed.</summary>
    public CudaDevice Device { get; }

    /// <summary>The library's version.</summary>
    public Version Version => Api.Version;

    /// <summary>What would be loaded: the library's name and version.</summary>
    /// <exception cref="CudaUnavailableException">It is nowhere, or too old.</exception>
    public static (string Name, Version Version) Find()
    {
        var api = new CublasLtApi(NativeFile.Load(_search));
        return (api.File.Name, api.Version);
    }

    /// <summary>Finds the library and opens it on a device.</summary>
    /// <exception cref="CudaUnavailableException">It is nowhere, or too old.</exception>
    /// <exception cref="CudaException">It does not start.</exception>
    public static CublasLt Load(CudaDevice device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var api = new CublasLtApi(NativeFile.Load(_search));
        device.Context.Use();
        nint handle;
        api.Check(api.Create(&handle), "cublasLtCreate", $"{device.Device}");
        return new CublasLt(device, api, handle);
    }

    /// <summary>
    /// The product of a shape: its algorithm is chosen once, among those that do not split sums, and kept. So a row has the
    /// same bits whatever stands in the other rows of a batch of this size; a batch of another size may use another algorithm.
    /// </summary>
    /// <param name="shape">Rows, outputs, inputs, and what is applied last.</param>
    /// <param name="workspaceBytes">The most memory that the algorithm may work in.</param>
    /// <typeparam name="TInput">float or <see cref="BFloat16"/>: input and weight.</typeparam>
    /// <typeparam name="TOutput">The input's type, or float: output and bias.</typeparam>
    /// <exception cref="NotSupportedException">The library has no algorithm for it.</exception>
    public DenseProduct<TInput, TOutput> Product<TInput, TOutput>(in DenseProductShape shape, long workspaceBytes)
        where TInput : unmanaged
        where TOutput : unmanaged
    {
        var key = new DenseProductKey(shape, ElementTypes.Of<TInput>(), ElementTypes.Of<TOutput>(), workspaceBytes);
        lock (_lock)
        {
            if (!_products.TryGetValue(key, out var product)) _products.Add(key, product = new DenseProduct(this, key));
            return new DenseProduct<TInput, TOutput>(Device, product);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var product in _products.Values) product.Dispose();
            _products.Clear();
        }
        _handle.Dispose();
    }
}
