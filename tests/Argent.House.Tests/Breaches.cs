namespace Argent.House.Tests;

/// <summary>The places that break a rule of the house; none is the only passing number.</summary>
static class Breaches
{
    /// <summary>Fails with the rule and every place that breaks it.</summary>
    public static void AssertNone(string rule, IEnumerable<string> places)
    {
        var all = places.ToList();
        if (all.Count > 0) Assert.Fail($"{rule}\n  {string.Join("\n  ", all)}");
    }
}
