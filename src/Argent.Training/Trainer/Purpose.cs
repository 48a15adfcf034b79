namespace Argent.Training;

/// <summary>What random numbers are drawn for; 10 are the first weights of an OverArch, in Argent.Model.</summary>
static class Purpose
{
    /// <summary>First values of the weights.</summary>
    public const ulong Weights = 1;

    /// <summary>Order of the users in an epoch.</summary>
    public const ulong Order = 2;

    /// <summary>Which events of a user are input.</summary>
    public const ulong Inputs = 3;

    /// <summary>Which items a step sees without their id.</summary>
    public const ulong IdDropout = 4;

    /// <summary>Uniform negatives.</summary>
    public const ulong Negatives = 5;

    /// <summary>Which tasks an epoch asks a user for.</summary>
    public const ulong Tasks = 6;

    /// <summary>From which moment an epoch asks a user.</summary>
    public const ulong Moments = 7;

    /// <summary>What a step of an OverArch's training drops.</summary>
    public const ulong Dropout = 8;

    /// <summary>Order of an OverArch's users in an epoch.</summary>
    public const ulong ScoredOrder = 9;
}
