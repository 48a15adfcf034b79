namespace Argent.Tensors.Tests;

public sealed class DeviceTests
{
    [Theory]
    [InlineData("cpu", DeviceKind.Cpu, 0)]
    [InlineData("cuda", DeviceKind.Cuda, 0)]
    [InlineData("cuda:0", DeviceKind.Cuda, 0)]
    [InlineData("cuda:12", DeviceKind.Cuda, 12)]
    public void A_device_is_read_from_what_people_type(string text, DeviceKind kind, int ordinal)
    {
        Assert.True(Device.TryParse(text, out var device));
        Assert.Equal(new Device(kind, ordinal), device);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("gpu")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda: 1")]
    [InlineData("cuda:1x")]
    [InlineData("cuda:99999999999")]
    [InlineData("CUDA")]
    public void Anything_else_is_no_device(string? text) => Assert.False(Device.TryParse(text, out _));

    [Fact]
    public void A_device_is_written_as_it_is_typed()
    {
        Assert.Equal("cpu", Device.Cpu.ToString());
        Assert.Equal("cuda:3", Device.Cuda(3).ToString());
    }
}
