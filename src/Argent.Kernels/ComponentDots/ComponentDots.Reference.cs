using Argent.Tensors;

namespace Argent.Kernels;

static unsafe class ComponentDotsReference
{
    public static void Run(in ComponentDotsArgs args)
    {
        Check(in args);
        long users = args.UserComponents, items = args.ItemComponents, dim = args.Users.Shape[1] / users;
        for (long c = 0; c < args.Request.Count; c++)
        {
            float* user = args.Users.Pointer + (args.Request.Pointer[c] * users * dim);
            float* item = args.Items.Pointer + (c * args.Items.Shape[1]);
            for (long q = 0; q < items; q++)
            {
                for (long p = 0; p < users; p++)
                {
                    float sum = 0;
                    for (long d = 0; d < dim; d++) sum += item[(q * dim) + d] * user[(p * dim) + d];
                    args.Dots.Pointer[(((c * items) + q) * users) + p] = sum;
                }
            }
        }
    }

    public static void Check(in ComponentDotsArgs args)
    {
        Checks.Rank("ComponentDots: Users", args.Users, 2);
        Checks.Rank("ComponentDots: Items", args.Items, 2);
        int users = args.UserComponents, items = args.ItemComponents;
        Shape all = args.Users.Shape, cache = args.Items.Shape;
        if (users < 1 || items < 1 || all[1] % users != 0 || cache[1] < all[1] / users * items)
        {
            throw new ArgumentException(
                $"ComponentDots: {users} components of Users {args.Users} and {items} of Items {args.Items} do not fit together.");
        }
        Checks.Is("ComponentDots: Request", args.Request, new(cache[0]), "Items", cache);
        Checks.Is("ComponentDots: Dots", args.Dots, new(cache[0], (long)users * items), "Items", cache);
        Checks.Apart("ComponentDots: Dots", args.Dots, "Items", args.Items);
        Checks.Apart("ComponentDots: Dots", args.Dots, "Users", args.Users);
        Checks.Requests("ComponentDots: a request", args.Request, all[0]);
    }
}
