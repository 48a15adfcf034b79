namespace Argent.Data.Tests;

/// <summary>A progress that remembers what it was told.</summary>
sealed class RecordedProgress : Progress
{
    public List<string> Steps { get; } = [];

    public List<string> Notes { get; } = [];

    public override void Step(string name, long total, string unit) => Steps.Add(name);

    public override void Advance(long by) => Assert.True(by >= 0);

    public override void Done(string figure) => Steps[^1] += ": " + figure;

    public override void Note(string text) => Notes.Add(text);
}
