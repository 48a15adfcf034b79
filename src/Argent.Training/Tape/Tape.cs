using System.Globalization;
using Argent.Kernels;
using Argent.Tensors;

namespace Argent.Training;

/// <summary>
/// Kernels that remember: each call runs on the inner kernels and is recorded; <see cref="Backward"/> replays the
/// gradients in reverse. A module's Forward runs on a tape as it runs on any other kernels.
/// </summary>
/// <remarks>
/// Only calls that depend on a parameter are recorded. Intermediate results must stay where they are until
/// <see cref="Backward"/>: a Forward may not release scratch that the gradient still reads, nor overwrite it in place
/// (Relu, Sigmoid, Scale, Add and Softmax in place are fine when no earlier gradient needs the old values); the tape
/// checks this and refuses. One training step is: forward on the tape, <see cref="Backward"/>, optimiser step,
/// <see cref="Clear"/>, then reset the scratch. A tape is used by one thread at a time; the kernels below it may use many.
/// </remarks>
public sealed partial class Tape : IKernels, IDisposable
{
    readonly IKernels _inner;
    readonly IGradientKernels _gradientKernels;
    readonly GradientStore _store;
    readonly List<TapeStep> _steps = [];

    /// <summary>A tape over <paramref name="inner"/> that trains <paramref name="parameters"/>.</summary>
    public Tape(IKernels inner, ParameterSet parameters)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(parameters);
        _inner = inner;
        _gradientKernels = new GradientKernels(inner);
        _store = new GradientStore(parameters);
    }

    /// <inheritdoc/>
    public string Variant => _inner.Variant;

    /// <inheritdoc/>
    public Workers Workers => _inner.Workers;

    /// <summary>Recorded calls.</summary>
    public int Count => _steps.Count;

    /// <summary>The gradients of parameters and, after <see cref="Backward"/>, of recorded results.</summary>
    public GradientStore Gradients => _store;

    /// <summary>
    /// Adds the gradient of <paramref name="loss"/> to the gradients of all parameters it depends on. Consumes the
    /// recorded calls; call <see cref="Clear"/> before the next forward.
    /// </summary>
    /// <param name="loss">[1] float32, written by a recorded call.</param>
    /// <exception cref="ArgumentException">The loss is not one number.</exception>
    /// <exception cref="InvalidOperationException">No recorded call that depends on a parameter wrote the loss.</exception>
    public void Backward(in Tensor<float> loss)
    {
        if (loss.Count != 1) throw new ArgumentException($"A loss is one number, not {loss.Shape}.", nameof(loss));
        if (_steps.Count == 0 || !_store.IsResult(new Region(loss)))
        {
            throw new InvalidOperationException("No recorded call on this tape computed the loss from a parameter.");
        }
        _store.ClearResults();
        _store.Of(loss)[0] = 1;
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            if (!_steps[i].IsSparse) foreach (var input in _steps[i].Inputs) _store.TouchAll(input);
            _steps[i].Gradient();
        }
        _steps.Clear();
    }

    /// <summary>Forgets the recorded calls and the gradients of their results; parameters keep theirs.</summary>
    public void Clear()
    {
        _steps.Clear();
        _store.Forget();
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    /// <summary>Checks the memory of a call, then runs it, then records it when a parameter's gradient goes through it.</summary>
    void Run(TapeStep step, Action forward)
    {
        CheckMemory(step);
        forward();
        bool wanted = false;
        foreach (var input in step.Inputs) wanted |= _store.IsWanted(input);
        if (!wanted) return;
        _store.Add(step.Output);
        _steps.Add(step);
    }

    void CheckMemory(TapeStep step)
    {
        var output = new Region(step.Output);
        if (step.KeptValues.Exists(k => k.Overlaps(output)))
        {
            throw new InvalidOperationException(
                $"{step.Operation} cannot work in place while training: its gradient reads the values that it would overwrite.");
        }
        for (int i = 0; i < _steps.Count; i++)
        {
            bool overwritten = _steps[i].KeptValues.Exists(k => k.Overlaps(output))
                || (_steps[i].KeepsOutput && new Region(_steps[i].Output).Overlaps(output));
            bool reused = new Region(_steps[i].Output).Overlaps(output) && !step.IsInPlace;
            if (overwritten || reused)
            {
                string number = (i + 1).ToString(CultureInfo.InvariantCulture);
                throw new InvalidOperationException(
                    $"{step.Operation} writes over memory that the gradient of step {number} ({_steps[i].Operation}) still needs. " +
                    "While training, give every result memory of its own and release none before Backward.");
            }
        }
    }
}
