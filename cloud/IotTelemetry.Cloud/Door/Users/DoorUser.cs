namespace IotTelemetry.Cloud.Door.Users;

/// <summary>One user of the door.</summary>
/// <param name="Name">As a client sends it.</param>
/// <param name="Role">What the user may do.</param>
/// <param name="Password">Null: none is asked for, on loopback; elsewhere this user is refused.</param>
/// <param name="Limits">How much the user may take.</param>
internal sealed record DoorUser(string Name, DoorRole Role, PasswordHash? Password, DoorLimits Limits)
{
    /// <summary>The user of a request without a name.</summary>
    public const string Default = "default";

    /// <summary>Who there is when no users are configured: readers on this machine, without a password.</summary>
    public static IReadOnlyList<DoorUser> OfThisMachine { get; } =
        [new(Default, DoorRole.Analyst, null, new DoorLimits()), new("analyst", DoorRole.Analyst, null, new DoorLimits())];
}
