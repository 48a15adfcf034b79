using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>One value per candidate: a formula over the values of its tasks, its features and those of the user.</summary>
public sealed class ValueModel : Module
{
    readonly ForwardIndex _forward;
    long _notFinite;
    long _missing;

    /// <summary>A model of a formula.</summary>
    /// <param name="formula">Text or JSON.</param>
    /// <param name="tasks">The tasks, in the order of the scores.</param>
    /// <param name="forward">The features of items; null for none.</param>
    /// <exception cref="ValueException">The formula cannot be understood.</exception>
    public ValueModel(string formula, IReadOnlyList<string> tasks, ForwardIndex? forward = null)
    {
        (Formula, Tasks, _forward) = (formula, tasks, forward ?? ForwardIndex.Empty);
        Compiled = Compile(formula, tasks, _forward.Schema);
    }

    /// <summary>The formula as it was written.</summary>
    public string Formula { get; }

    /// <summary>The tasks that it may use, in the order of the scores.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>The compiled formula.</summary>
    public ValueFormula Compiled { get; }

    /// <summary>Values so far that were infinite or no number, and became 0.</summary>
    public long NotFinite => Interlocked.Read(ref _notFinite);

    /// <summary>
    /// Features so far that were calculated with and had no number, so that 0 was taken: once per item, and once per request
    /// for a feature of the user.
    /// </summary>
    public long Missing => Interlocked.Read(ref _missing);

    /// <summary>Compiles a formula over tasks and features.</summary>
    /// <exception cref="ValueException">It is no formula or passes one of <see cref="ValueLimits"/>.</exception>
    public static ValueFormula Compile(string text, IReadOnlyList<string> tasks, FeatureSchema? schema = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tasks);
        if (text.Length > ValueLimits.LengthMax)
        {
            throw new ValueException(TextPosition.Start,
                $"The formula has {text.Length} characters; the limit is {ValueLimits.LengthMax}.");
        }
        var names = new ValueNames(tasks, schema ?? FeatureSchema.Empty);
        var node = ValueDocument.IsJson(text) ? ValueDocument.Parse(text, names) : new FormulaParser(text, names).Parse();
        return new ValueFormula(new ValueTypes(names.Schema).Number(node), names);
    }

    /// <summary>Values of the candidates of one request, by the model's own formula for a user without features.</summary>
    public Tensor<float> Forward(Tensor<float> scores, ReadOnlySpan<int> slots, in ForwardPass pass) =>
        Forward(scores, slots, Compiled.Bind(null), pass);

    /// <summary>Values [n] of candidates, rented from the pass.</summary>
    /// <param name="scores">[n, T] float32 task values.</param>
    /// <param name="slots">The n slots of the candidates; not read by a formula without features.</param>
    /// <param name="formula">The formula for the user: a request may bring its own.</param>
    /// <param name="pass">What it runs with.</param>
    /// <exception cref="ArgumentException">The scores or the formula are of another number of tasks, or slots are missing.</exception>
    public Tensor<float> Forward(Tensor<float> scores, ReadOnlySpan<int> slots, BoundFormula formula, in ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(formula);
        var (shape, program, columns) = (scores.Shape, formula.Program, formula.Columns);
        if (shape.Rank != 2 || shape[1] != Tasks.Count || program.Inputs != Tasks.Count + columns.Length)
        {
            throw new ArgumentException(
                $"Scores are {shape} and the formula reads {program.Inputs - columns.Length} tasks; expected [n, {Tasks.Count}].");
        }
        if (columns.Length > 0 && slots.Length != shape[0])
        {
            throw new ArgumentException($"There are {slots.Length} slots for {shape[0]} candidates.");
        }
        var values = pass.Scratch.Rent<float>(new Shape(shape[0]));
        CountMissing(formula.UserMissing);
        if (values.Count == 0) return values;
        var mark = pass.Scratch.Mark();
        var notFinite = pass.Scratch.RentZeroed<long>(new Shape(1));
        pass.Kernels.EvaluateFormula(new EvaluateFormulaArgs
        {
            Program = program,
            Inputs = Inputs(scores, slots, columns, pass.Scratch),
            Values = values,
            NotFinite = notFinite,
        });
        if (notFinite[0] > 0)
        {
            Interlocked.Add(ref _notFinite, notFinite[0]);
            ValueMetrics.NotFinite.Add(notFinite[0]);
        }
        pass.Scratch.Release(mark);
        return values;
    }

    /// <summary>The inputs of a formula for one item: its task values, then its columns.</summary>
    internal float[] InputsOf(BoundFormula formula, int slot, ReadOnlySpan<float> tasks)
    {
        float[] inputs = [.. tasks, .. new float[formula.Columns.Length]];
        for (int c = 0; c < formula.Columns.Length; c++)
        {
            formula.Columns[c].Gather(_forward, [slot], inputs.AsSpan(tasks.Length + c, 1));
        }
        return inputs;
    }

    void CountMissing(long missing)
    {
        if (missing == 0) return;
        Interlocked.Add(ref _missing, missing);
        ValueMetrics.Missing.Add(missing);
    }

    /// <summary>[n, T] task values and the columns of n slots to [I, n].</summary>
    unsafe Tensor<float> Inputs(Tensor<float> scores, ReadOnlySpan<int> slots, FormulaColumn[] columns, Scratch scratch)
    {
        long count = scores.Shape[0], tasks = scores.Shape[1];
        if (tasks == 1 && columns.Length == 0) return scores.Reshape(new Shape(1, count));
        var inputs = scratch.Rent<float>(new Shape(tasks + columns.Length, count));
        for (long t = 0; t < tasks; t++)
        {
            float* from = scores.Pointer + t, to = inputs.Pointer + t * count;
            for (long i = 0; i < count; i++, from += tasks) to[i] = *from;
        }
        long missing = 0;
        for (int c = 0; c < columns.Length; c++) missing += columns[c].Gather(_forward, slots, inputs.Row(tasks + c));
        CountMissing(missing);
        return inputs;
    }
}
