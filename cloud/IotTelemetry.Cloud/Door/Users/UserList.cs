namespace IotTelemetry.Cloud.Door.Users;

/// <summary>The content of the file of users.</summary>
internal sealed record UserList(IReadOnlyList<UserEntry> Users);
