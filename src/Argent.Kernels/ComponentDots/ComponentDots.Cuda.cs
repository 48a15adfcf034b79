using System.Runtime.InteropServices;
using Argent.Tensors;

namespace Argent.Kernels;

/// <summary><see cref="ComponentDotsArgs"/> in a device's memory; nobody looks at the requests there.</summary>
public readonly record struct DeviceComponentDotsArgs
{
    /// <summary>[R, P * D] float32.</summary>
    public required DeviceTensor<float> Users { get; init; }

    /// <summary>[C, I] float32, I at least Q * D.</summary>
    public required DeviceTensor<float> Items { get; init; }

    /// <summary>[C] int32, each in [0, R).</summary>
    public required DeviceTensor<int> Request { get; init; }

    /// <summary>P, at least 1.</summary>
    public required int UserComponents { get; init; }

    /// <summary>Q, at least 1.</summary>
    public required int ItemComponents { get; init; }

    /// <summary>[C, Q * P] float32, overwritten.</summary>
    public required DeviceTensor<float> Dots { get; init; }
}

/// <summary>Dots of components on a GPU, with the bits of the AVX2 kernel.</summary>
public static class ComponentDotsCuda
{
    const uint Threads = 256;

    /// <summary>ArgentComponentDotsArgs of the source.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Parameters
    {
        public ulong Users;
        public ulong Items;
        public ulong Request;
        public ulong Dots;
        public long Candidates;
        public long ItemStep;
        public int UserComponents;
        public int ItemComponents;
        public int Dim;
        public int Padding;
    }

    internal static CudaKernel<Parameters> Kernel { get; } = new("ComponentDots/ComponentDots.cu", "argent_component_dots");

    /// <summary>Queues the operation.</summary>
    /// <exception cref="ArgumentException">Shapes do not fit.</exception>
    public static void Launch(in CudaQueue on, in DeviceComponentDotsArgs args)
    {
        DeviceChecks.Rank("ComponentDots: Users", args.Users, 2);
        DeviceChecks.Rank("ComponentDots: Items", args.Items, 2);
        int users = args.UserComponents, items = args.ItemComponents;
        ArgumentOutOfRangeException.ThrowIfLessThan(users, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(items, 1);
        long candidates = args.Items.Shape[0], dim = args.Users.Shape[1] / users;
        DeviceChecks.Is("ComponentDots: Users", args.Users, new(args.Users.Shape[0], users * dim));
        if (args.Items.Shape[1] < items * dim)
        {
            throw new ArgumentException($"ComponentDots: Items {args.Items} has no {items * dim} columns.");
        }
        DeviceChecks.Is("ComponentDots: Request", args.Request, new(candidates));
        DeviceChecks.Is("ComponentDots: Dots", args.Dots, new(candidates, (long)users * items));
        if (args.Dots.Count == 0) return;
        on.Launch(Kernel, LaunchSize.Over(args.Dots.Count, Threads), new Parameters
        {
            Users = args.Users.Address,
            Items = args.Items.Address,
            Request = args.Request.Address,
            Dots = args.Dots.Address,
            Candidates = candidates,
            ItemStep = args.Items.Shape[1],
            UserComponents = users,
            ItemComponents = items,
            Dim = checked((int)dim),
        });
    }
}

public sealed partial class CudaKernels
{
    /// <inheritdoc/>
    public void ComponentDots(in ComponentDotsArgs args)
    {
        ComponentDotsReference.Check(in args);
        lock (_lock)
        {
            Begin();
            var dots = Output(args.Dots);
            ComponentDotsCuda.Launch(Queue, new DeviceComponentDotsArgs
            {
                Users = Input(args.Users),
                Items = Input(args.Items),
                Request = Input(args.Request),
                UserComponents = args.UserComponents,
                ItemComponents = args.ItemComponents,
                Dots = dots,
            });
            Result(dots, args.Dots);
            Finish();
        }
    }
}
