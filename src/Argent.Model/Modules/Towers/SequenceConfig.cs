using Argent.Kernels;

namespace Argent.Model;

/// <summary>The shape of a <see cref="SequenceEncoder"/>.</summary>
public sealed record SequenceConfig
{
    /// <summary>The longest sequence that a tower reads.</summary>
    public const int LengthMax = 1024;

    /// <summary>The most blocks.</summary>
    public const int BlocksMax = 16;

    /// <summary>The history that is read in its order, oldest first: one of the tower's histories.</summary>
    public required string History { get; init; }

    /// <summary>L, the last events that are read.</summary>
    public int Length { get; init; } = 50;

    /// <summary>Blocks of attention and hidden layer.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>Heads of the attention; they divide the tower's numbers in an embedding.</summary>
    public int Heads { get; init; } = 2;

    /// <summary>Width of a block's hidden layer; 0 for a block of attention alone.</summary>
    public int Hidden { get; init; }

    /// <summary>How an event weighs those before it.</summary>
    public AttentionWeighting Weighting { get; init; }

    /// <summary>Checks sizes and the history's name.</summary>
    /// <exception cref="InvalidDataException">Something is out of range; the message says what.</exception>
    public void Check(int dim, IReadOnlyList<string> histories)
    {
        if (!histories.Contains(History, StringComparer.Ordinal))
        {
            throw new InvalidDataException(
                $"The sequence is of the history '{History}'; the tower reads {string.Join(", ", histories)}." +
                Suggestion.Offer(History, histories));
        }
        Require(Length is >= 1 and <= LengthMax, "length", Length, LengthMax);
        Require(Blocks is >= 1 and <= BlocksMax, "blocks", Blocks, BlocksMax);
        Require(Heads >= 1 && Heads <= dim, "heads", Heads, dim);
        if (dim % Heads != 0) throw new InvalidDataException($"sequence: {Heads} heads do not divide the {dim} numbers of an embedding.");
        if (Hidden < 0) throw new InvalidDataException($"sequence: hidden is {Hidden}; it is 0 or more.");
        if (!Enum.IsDefined(Weighting)) throw new InvalidDataException($"sequence: there is no weighting {Weighting}.");
    }

    static void Require(bool holds, string name, int value, int most)
    {
        if (!holds) throw new InvalidDataException($"sequence: {name} is {value}; it is 1 to {most}.");
    }
}
