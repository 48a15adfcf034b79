namespace Argent.Data.Tests;

/// <summary>Short forms for what tests do with texts and error messages.</summary>
static class TestText
{
    public static string With(this string text, string old, string replacement) => text.Replace(old, replacement, StringComparison.Ordinal);

    /// <summary>The call fails with a <typeparamref name="T"/> whose message holds the part.</summary>
    public static void Fails<T>(string part, Func<object> call) where T : Exception =>
        Assert.Contains(part, Assert.Throws<T>(call).Message, StringComparison.Ordinal);
}
