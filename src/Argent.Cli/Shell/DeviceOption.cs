using System.CommandLine;
using System.CommandLine.Parsing;
using Argent.Tensors;

namespace Argent.Cli;

/// <summary>--device: where the arithmetic runs.</summary>
static class DeviceOption
{
    const string Known = "cpu|cuda|cuda:n";

    /// <summary>The option; the processor where it is absent.</summary>
    public static Option<Device> Create()
    {
        var option = new Option<Device>("--device")
        {
            Description = "Where the arithmetic runs: the processor, or a GPU by its number.",
            HelpName = Known,
            CustomParser = Parse,
            DefaultValueFactory = _ => Device.Cpu,
            Recursive = true,
        };
        return option;
    }

    /// <summary>Refuses a device that is not there, and one that the command does not compute on.</summary>
    /// <exception cref="CudaUnavailableException">There is no driver, or no GPU of that number.</exception>
    /// <exception cref="UsageException">The command runs on the processor only.</exception>
    public static void Check(ArgentCommand command, Device device)
    {
        if (device.Kind == DeviceKind.Cpu || command is DoctorCommand) return;
        _ = CudaDriver.Load().Describe(device.Ordinal);
        if (command.RunsOnGpu) return;
        throw new UsageException($"this command computes on the processor only; leave out --device {device}.");
    }

    static Device Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Device.TryParse(text, out var device)) return device;
        result.AddError($"--device is '{text}'; known are cpu, cuda (the first GPU) and cuda:n.");
        return Device.Cpu;
    }
}
