factor-title = Second step at sign-in
factor-about = Besides the password, a code from an app on your phone. Who guesses your password does not get in.
factor-none = You have none yet. You need an authenticator app, such as Google Authenticator, Microsoft Authenticator or the one of your password manager.
factor-set-up = Set up
factor-on = Authenticator app
factor-active = Active
factor-codes-left = { $count ->
    [0] You have no recovery codes left. Make new ones.
    [one] You have { $count } recovery code left. Make new ones.
   *[other] You have { $count } recovery codes left.
}
factor-code-or-recovery = Code of the app, or a recovery code
factor-replace = Change phone
factor-replace-about = The app you have now stops working when you confirm the new one.
factor-remake = Make new recovery codes
factor-remake-about = The ones you have stop working.
factor-off = Turn off
factor-off-about = You will sign in with the password alone. Your other sessions end.
factor-off-done = Second step turned off
factor-insists = Your company asks for the second step, so it can’t be turned off.
factor-stale = That page was open for too long. Start again.
factor-back = Back to your settings
factor-set-title = Set up your second step
factor-set-own = It takes two steps; your account does not change until you confirm the code.
factor-set-must = Your company asks for a second step to sign in. You set it up only once.
factor-step-scan = Scan this image with your authenticator app
factor-step-type = Can’t scan? Type this key into the app:
factor-picture = Image with the key, for the phone’s camera
factor-step-code = Type the 6-digit code that the app shows
factor-code-wrong = That code does not belong to this key. Check that the phone sets its time by itself, and type the new code.
factor-set-action = Confirm
factor-copy = Copy
factor-copied = Copied
factor-print = Print
factor-codes-title = Keep your recovery codes
factor-codes-about = If you lose your phone, each of them lets you in once. Keep them where only you will find them, not on this computer.
factor-codes-once = They are not shown again.
factor-codes-kept = I have kept them
code-page = Confirm it’s you
code-title = Confirm it’s you
code-hint = Type the code of your authenticator app for
code-label = Code
code-about = 6 digits, or one of your recovery codes.
code-action = Verify
code-other-account = Use another account
code-wrong = That code is not right or was used already. Type the one the app shows now.
code-lost = I lost my phone
code-lost-about = Use one of your recovery codes. If you have none, ask whoever runs Bandeja to remove your second step.
