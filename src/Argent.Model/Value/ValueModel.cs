using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Model;

/// <summary>One value per candidate: a formula over the scores of its tasks.</summary>
public sealed class ValueModel : Module
{
    long _notFinite;

    /// <summary>A model of a formula.</summary>
    /// <exception cref="ValueException">The formula cannot be understood.</exception>
    public ValueModel(string formula, IReadOnlyList<string> tasks)
    {
        (Formula, Tasks) = (formula, tasks);
        Program = Compile(formula, tasks);
    }

    /// <summary>The formula's text.</summary>
    public string Formula { get; }

    /// <summary>The names that it may use, in the order of the scores.</summary>
    public IReadOnlyList<string> Tasks { get; }

    /// <summary>The compiled formula.</summary>
    public FormulaProgram Program { get; }

    /// <summary>Values so far that were infinite or no number, and became 0.</summary>
    public long NotFinite => Interlocked.Read(ref _notFinite);

    /// <summary>The program of a formula whose inputs are the tasks in the order given.</summary>
    /// <exception cref="ValueException">The text is no formula or passes one of <see cref="ValueLimits"/>.</exception>
    public static FormulaProgram Compile(string text, IReadOnlyList<string> tasks)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(tasks);
        if (text.Length > ValueLimits.LengthMax)
        {
            throw new ValueException(TextPosition.Start,
                $"The formula has {text.Length} characters; the limit is {ValueLimits.LengthMax}.");
        }
        return new FormulaParser(text, tasks).Parse();
    }

    /// <summary>Values [B, K1] of candidates by their task scores [B, K1, T], rented from the pass.</summary>
    public Tensor<float> Forward(in Tensor<float> scores, in ForwardPass pass) => Forward(scores, Program, pass);

    /// <summary>The same with another formula over the same tasks: a request may bring its own.</summary>
    /// <exception cref="ArgumentException">The scores or the program are of another number of tasks.</exception>
    public Tensor<float> Forward(in Tensor<float> scores, FormulaProgram program, in ForwardPass pass)
    {
        var shape = scores.Shape;
        if (shape.Rank != 3 || shape[2] != Tasks.Count || program.Inputs != Tasks.Count)
        {
            throw new ArgumentException(
                $"Scores are {shape} and the formula has {program.Inputs} inputs; expected [B, K1, {Tasks.Count}].");
        }
        var values = pass.Scratch.Rent<float>(new Shape(shape[0], shape[1]));
        if (values.Count == 0) return values;
        var mark = pass.Scratch.Mark();
        var notFinite = pass.Scratch.RentZeroed<long>(new Shape(1));
        pass.Kernels.EvaluateFormula(new EvaluateFormulaArgs
        {
            Program = program,
            Inputs = Transpose(scores, pass.Scratch),
            Values = values.Reshape(new Shape(values.Count)),
            NotFinite = notFinite,
        });
        if (notFinite[0] > 0) Interlocked.Add(ref _notFinite, notFinite[0]);
        pass.Scratch.Release(mark);
        return values;
    }

    /// <summary>[B, K1, T] to [T, B * K1].</summary>
    static unsafe Tensor<float> Transpose(in Tensor<float> scores, Scratch scratch)
    {
        long tasks = scores.Shape[2], count = scores.Shape[0] * scores.Shape[1];
        if (tasks == 1) return scores.Reshape(new Shape(1, count));
        var inputs = scratch.Rent<float>(new Shape(tasks, count));
        for (long t = 0; t < tasks; t++)
        {
            float* from = scores.Pointer + t, to = inputs.Pointer + t * count;
            for (long i = 0; i < count; i++, from += tasks) to[i] = *from;
        }
        return inputs;
    }
}
