namespace Argent.Kernels;

/// <summary>
/// ditems[c, q] += sum over p of ddots[c, q, p] * users[r, p]; dusers[r, p] += sum over the candidates of r, ascending, and
/// over q of ddots[c, q, p] * items[c, q].
/// </summary>
static unsafe class ComponentDotsGradient
{
    public static void Run(in ComponentDotsArgs args, IGradients gradients, GradientContext context)
    {
        ComponentDotsReference.Check(args);
        var dots = gradients.Of(args.Dots);
        if (!dots.IsPresent || dots.Count == 0) return;
        var work = new Work
        {
            Users = args.Users.Pointer,
            Items = args.Items.Pointer,
            Request = args.Request.Pointer,
            Candidates = args.Request.Count,
            ItemStep = args.Items.Shape[1],
            Outer = dots.Pointer,
            UserCount = args.UserComponents,
            ItemCount = args.ItemComponents,
            Dim = checked((int)(args.Users.Shape[1] / args.UserComponents)),
        };
        if (gradients.Of(args.Items) is { IsPresent: true } items)
        {
            work.Target = items.Pointer;
            context.Workers.Run(ref work, Chunks.RowCount(args.Request.Count, args.Items.Shape[1]));
        }
        if (gradients.Of(args.Users) is { IsPresent: true } users)
        {
            // A chunk is one component of all users: no two chunks add to the same number.
            work.Target = users.Pointer;
            work.IsOfUsers = true;
            context.Workers.Run(ref work, args.UserComponents);
        }
    }

    struct Work : IChunkedWork
    {
        public float* Users;
        public float* Items;
        public int* Request;
        public long Candidates;
        public long ItemStep;
        public float* Outer;
        public float* Target;
        public bool IsOfUsers;
        public int UserCount;
        public int ItemCount;
        public int Dim;

        public readonly void Run(int chunk)
        {
            if (IsOfUsers)
            {
                for (long c = 0; c < Candidates; c++) AddToUser(c, chunk);
                return;
            }
            var (first, last) = Chunks.RowBounds(chunk, Candidates, ItemStep);
            for (long c = first; c < last; c++) AddToItem(c);
        }

        readonly void AddToUser(long candidate, int component)
        {
            float* user = Target + ((((long)Request[candidate] * UserCount) + component) * Dim);
            float* item = Items + (candidate * ItemStep);
            float* outer = Outer + (candidate * ItemCount * UserCount) + component;
            for (int q = 0; q < ItemCount; q++) ScatterColumns.Add(user, item + ((long)q * Dim), outer[q * UserCount], Dim);
        }

        readonly void AddToItem(long candidate)
        {
            float* user = Users + ((long)Request[candidate] * UserCount * Dim);
            float* item = Target + (candidate * ItemStep);
            float* outer = Outer + (candidate * ItemCount * UserCount);
            for (int q = 0; q < ItemCount; q++)
            {
                for (int p = 0; p < UserCount; p++)
                {
                    ScatterColumns.Add(item + ((long)q * Dim), user + ((long)p * Dim), outer[(q * UserCount) + p], Dim);
                }
            }
        }
    }
}
