namespace Argent.Tensors.Tests;

public class BFloat16Tests
{
    [Fact]
    public void Every_bfloat16_survives_the_way_through_float32()
    {
        for (int bits = 0; bits <= ushort.MaxValue; bits++)
        {
            var value = new BFloat16((ushort)bits);
            if (float.IsNaN(value)) Assert.True(float.IsNaN((BFloat16)(float)value));
            else Assert.Equal(value, (BFloat16)(float)value);
        }
    }

    [Fact]
    public void Rounding_goes_to_the_nearest_and_ties_to_even()
    {
        Assert.Equal(1f, (BFloat16)(1f + 1f / 256));         // a tie: the even neighbour is 1
        Assert.Equal(1f + 1f / 64, (BFloat16)(1f + 3f / 256)); // a tie: the even neighbour is above
        Assert.Equal(1f + 1f / 128, (BFloat16)(1f + 1.01f / 256));
        Assert.Equal(float.PositiveInfinity, (BFloat16)float.MaxValue);
    }

    [Fact]
    public void Integers_up_to_256_are_exact()
    {
        for (int i = -256; i <= 256; i++) Assert.Equal(i, (float)(BFloat16)i);
    }

    [Fact]
    public void The_relative_error_is_at_most_two_to_the_minus_8()
    {
        const int seed = 11;
        var random = new Random(seed);
        for (int i = 0; i < 100_000; i++)
        {
            float value = (float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-30, 30)));
            Assert.True(Math.Abs((BFloat16)value - value) <= Math.Abs(value) / 256, $"{value} (seed {seed})");
        }
    }
}
