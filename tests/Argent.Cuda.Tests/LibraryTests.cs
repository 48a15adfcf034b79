using System.Text;

namespace Argent.Cuda.Tests;

/// <summary>The emulated NVRTC and the emulated cuBLASLt, by bare calls.</summary>
[Collection("emulated device")]
public sealed unsafe class LibraryTests
{
    const int Float32 = 0, BFloat16 = 14, Compute32F = 68;
    const int TransA = 3, Epilogue = 7, BiasPointer = 8;

    [Theory]
    [InlineData("int x;", 0, "")]
    [InlineData("#error not today", 6, "not today")]
    [InlineData("#include \"missing.cuh\"", 6, "missing.cuh")]
    [InlineData("#if defined(NEVER)\n#error not here\n#endif", 0, "")]
    public void The_emulated_compiler_fails_where_a_source_says_so(string source, int expected, string log)
    {
        nint program;
        var create = (delegate* unmanaged<nint*, byte*, byte*, int, byte**, byte**, int>)EmulatedCuda.Export("nvrtcCreateProgram");
        fixed (byte* text = Encoding.UTF8.GetBytes(source + "\0"), name = "test.cu\0"u8)
        {
            RawDevice.Check(create(&program, text, name, 0, null, null));
        }
        Assert.Equal(expected, ((delegate* unmanaged<nint, int, byte**, int>)EmulatedCuda.Export("nvrtcCompileProgram"))(program, 0, null));
        nuint bytes;
        RawDevice.Check(((delegate* unmanaged<nint, nuint*, int>)EmulatedCuda.Export("nvrtcGetProgramLogSize"))(program, &bytes));
        byte[] said = new byte[bytes];
        var getLog = (delegate* unmanaged<nint, byte*, int>)EmulatedCuda.Export("nvrtcGetProgramLog");
        fixed (byte* to = said) RawDevice.Check(getLog(program, to));
        Assert.Contains(log, Encoding.UTF8.GetString(said), StringComparison.Ordinal);
        Assert.Equal(expected == 0 ? 0 : 4,
            ((delegate* unmanaged<nint, nuint*, int>)EmulatedCuda.Export("nvrtcGetCUBINSize"))(program, &bytes));
        RawDevice.Check(((delegate* unmanaged<nint*, int>)EmulatedCuda.Export("nvrtcDestroyProgram"))(&program));
    }

    [Theory]
    [InlineData(1, Float32)]
    [InlineData(4, Float32)]
    [InlineData(6, Float32)]
    [InlineData(36, Float32)]
    [InlineData(6, BFloat16)]
    public void A_product_with_an_epilogue_is_that_of_float64(int epilogue, int outputType)
    {
        // D [m, n] = op(A) B by columns, op(A) the transpose: a layer's weights by rows times its inputs by rows.
        const int M = 13, N = 6, K = 21;
        var random = new Random(5);
        float[] a = Numbers(K * M), b = Numbers(K * N), bias = Numbers(M);
        using var device = new RawDevice();
        ulong biasAt = outputType == BFloat16 ? device.Upload<ushort>(Halves(bias)) : device.Upload<float>(bias);
        ulong d = device.Allocate(M * N * 4);
        ulong left = device.Upload<ushort>(Halves(a)), right = device.Upload<ushort>(Halves(b));
        Assert.Equal(0, Multiply(device, left, right, d, biasAt, epilogue, outputType, (M, N, K)));
        float[] got = outputType == BFloat16
            ? [.. device.Download<ushort>(d, M * N).Select(h => BitConverter.UInt32BitsToSingle((uint)h << 16))]
            : device.Download<float>(d, M * N);
        for (int i = 0; i < M * N; i++)
        {
            int row = i % M, column = i / M;
            double y = Enumerable.Range(0, K).Sum(k => (double)a[(row * K) + k] * b[(column * K) + k]);
            if ((epilogue & 4) != 0) y += bias[row];
            if ((epilogue & 2) != 0) y = Math.Max(0, y);
            if ((epilogue & 32) != 0) y = 0.5 * y * (1 + Math.Tanh(0.7978845608 * (y + (0.044715 * y * y * y))));
            Assert.InRange(got[i], y - Tolerance(y), y + Tolerance(y));
        }

        double Tolerance(double y) => outputType == BFloat16 ? (Math.Abs(y) / 256) + 1e-4 : 1e-4;

        // Numbers that bf16 holds exactly.
        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Next(-64, 65) / 64f)];
    }

    [Fact]
    public void A_product_that_the_library_does_not_know_is_refused()
    {
        using var device = new RawDevice();
        ulong memory = device.Allocate(4096);
        Assert.Equal(15, Multiply(device, memory, memory, memory, memory, 8, Float32, (4, 4, 4)));
        Assert.Equal(7, Multiply(device, memory, memory, memory, memory, 1, Float32, (400, 4, 4)));
    }

    static ushort[] Halves(float[] values) => [.. values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))];

    static int Multiply(RawDevice device, ulong a, ulong b, ulong d, ulong bias, int epilogue, int outputType, (int M, int N, int K) size)
    {
        nint library, descriptor, aLayout, bLayout, dLayout;
        RawDevice.Check(((delegate* unmanaged<nint*, int>)EmulatedCuda.Export("cublasLtCreate"))(&library));
        var describe = (delegate* unmanaged<nint*, int, int, int>)EmulatedCuda.Export("cublasLtMatmulDescCreate");
        RawDevice.Check(describe(&descriptor, Compute32F, Float32));
        var set = (delegate* unmanaged<nint, int, void*, nuint, int>)EmulatedCuda.Export("cublasLtMatmulDescSetAttribute");
        int transposed = 1;
        RawDevice.Check(set(descriptor, TransA, &transposed, 4));
        RawDevice.Check(set(descriptor, Epilogue, &epilogue, 4));
        RawDevice.Check(set(descriptor, BiasPointer, &bias, 8));
        var layout = (delegate* unmanaged<nint*, int, ulong, ulong, long, int>)EmulatedCuda.Export("cublasLtMatrixLayoutCreate");
        RawDevice.Check(layout(&aLayout, BFloat16, (ulong)size.K, (ulong)size.M, size.K));
        RawDevice.Check(layout(&bLayout, BFloat16, (ulong)size.K, (ulong)size.N, size.K));
        RawDevice.Check(layout(&dLayout, outputType, (ulong)size.M, (ulong)size.N, size.M));
        float one = 1, zero = 0;
        var multiply = (delegate* unmanaged<
            nint, nint, float*, ulong, nint, ulong, nint, float*, ulong, nint, ulong, nint, void*, void*, nuint, nint, int>)
            EmulatedCuda.Export("cublasLtMatmul");
        return multiply(
            library, descriptor, &one, a, aLayout, b, bLayout, &zero, d, dLayout, d, dLayout, null, null, 0, device.Stream);
    }
}
